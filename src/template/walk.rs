//! The allow-list: what a compiled template may contain, and which names it reads.

use super::{Name, Place, TemplateProblem, helpers};
use crate::text::nearest;
use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{Path, PathSeg, Template as Compiled};

/// How deep `each` may nest: its output multiplies.
const MAX_LOOPS: usize = 3;

#[derive(Default)]
pub(super) struct Walked {
    pub(super) names: Vec<Name>,
    pub(super) raw_start: Option<Name>,
}

struct Walker {
    place: Place,
    walked: Walked,
    /// How many `each` and `with` stand around: inside, plain names belong to the item.
    inside: usize,
    loops: usize,
    /// Literal text before the current element, for the quotes of a JSON body.
    before: String,
}

pub(super) fn walk(template: &Compiled, place: Place) -> Result<Walked, TemplateProblem> {
    let mut walker =
        Walker { place, walked: Walked::default(), inside: 0, loops: 0, before: String::new() };
    walker.template(template, true)?;
    Ok(walker.walked)
}

/// Whether the template is `{{json x}}` alone.
pub(super) fn is_lone_json(template: &Compiled) -> bool {
    matches!(template.elements.as_slice(),
        [TemplateElement::Expression(call)] if name_of(&call.name) == Some("json"))
}

impl Walker {
    fn template(&mut self, template: &Compiled, top: bool) -> Result<(), TemplateProblem> {
        for (index, element) in template.elements.iter().enumerate() {
            self.element(element, top && index == 0)?;
        }
        Ok(())
    }

    fn element(&mut self, element: &TemplateElement, first: bool) -> Result<(), TemplateProblem> {
        match element {
            TemplateElement::RawString(text) => {
                self.before.push_str(text);
                Ok(())
            }
            TemplateElement::Comment(_) => Ok(()),
            TemplateElement::Expression(call) => self.expression(call),
            TemplateElement::HtmlExpression(call) => self.raw(call, first),
            TemplateElement::HelperBlock(call) => self.block(call),
            TemplateElement::DecoratorExpression(_) | TemplateElement::DecoratorBlock(_) => {
                Err(TemplateProblem::new("decorators are not allowed in templates", "{{*"))
            }
            TemplateElement::PartialExpression(_) | TemplateElement::PartialBlock(_) => {
                Err(TemplateProblem::new("partials are not allowed in templates", "{{>"))
            }
            _ => Err(TemplateProblem::new("this is not allowed in templates", "{{")),
        }
    }

    fn expression(&mut self, call: &HelperTemplate) -> Result<(), TemplateProblem> {
        let plain = call.params.is_empty() && call.hash.is_empty();
        let helper = name_of(&call.name).filter(|name| helpers::is_value_helper(name));
        if let Some(helper) = helper {
            self.arguments(call, false)?;
            let encodes = matches!(helper, "json" | "xml" | "url");
            return if encodes { Ok(()) } else { self.escaped_body(helper) };
        }
        if plain {
            self.name(&call.name, false)?;
            return self.escaped_body(&text_of(&call.name));
        }
        Err(no_helper(text_of(&call.name)))
    }

    /// In a body a value must not be able to break out of what surrounds it.
    fn escaped_body(&self, shown: &str) -> Result<(), TemplateProblem> {
        let inside_quotes = || {
            let escaped = self.before.matches("\\\"").count();
            (self.before.matches('"').count() - escaped) % 2 == 1
        };
        let safe = match self.place {
            Place::Body => false,
            Place::JsonBody => inside_quotes(),
            _ => true,
        };
        if safe {
            return Ok(());
        }
        Err(TemplateProblem::new(format!("`{shown}` is not escaped for the body"), shown).help(
            format!("write {{{{json {shown}}}}}, {{{{xml {shown}}}}} or {{{{url {shown}}}}}"),
        ))
    }

    fn raw(&mut self, call: &HelperTemplate, first: bool) -> Result<(), TemplateProblem> {
        let shown = text_of(&call.name);
        let plain = call.params.is_empty() && call.hash.is_empty();
        if self.place != Place::Url || !first || !plain {
            let message = "a raw value may only stand at the start of a URL";
            return Err(
                TemplateProblem::new(message, shown.clone()).help(format!("write {{{{{shown}}}}}"))
            );
        }
        self.name(&call.name, false)?;
        self.walked.raw_start = self.walked.names.last().cloned();
        Ok(())
    }

    fn block(&mut self, call: &HelperTemplate) -> Result<(), TemplateProblem> {
        let name = text_of(&call.name);
        let enters = match name.as_str() {
            "if" | "unless" => false,
            "each" | "with" => true,
            _ => {
                let message = format!("there is no block `{name}`");
                return Err(TemplateProblem::new(message, name)
                    .help("the blocks are if, unless, each and with"));
            }
        };
        if call.block_param.is_some() {
            let message = "named block parameters are not allowed in templates";
            return Err(TemplateProblem::new(message, name));
        }
        self.arguments(call, true)?;
        self.inside += usize::from(enters);
        self.loops += usize::from(name == "each");
        if self.loops > MAX_LOOPS {
            return Err(TemplateProblem::new("`each` is nested too deep", name));
        }
        if let Some(inner) = &call.template {
            self.template(inner, false)?;
        }
        self.inside -= usize::from(enters);
        self.loops -= usize::from(name == "each");
        if let Some(inverse) = &call.inverse {
            self.template(inverse, false)?;
        }
        Ok(())
    }

    fn arguments(&mut self, call: &HelperTemplate, asks: bool) -> Result<(), TemplateProblem> {
        for parameter in call.params.iter().chain(call.hash.values()) {
            self.parameter(parameter, asks)?;
        }
        Ok(())
    }

    fn parameter(&mut self, parameter: &Parameter, asks: bool) -> Result<(), TemplateProblem> {
        match parameter {
            Parameter::Literal(_) => Ok(()),
            Parameter::Name(_) | Parameter::Path(_) => self.name(parameter, asks),
            Parameter::Subexpression(sub) => {
                let TemplateElement::Expression(call) = sub.as_element() else {
                    return Err(TemplateProblem::new("this cannot stand in parentheses", ""));
                };
                let name = text_of(&call.name);
                if !helpers::is_value_helper(&name) && !helpers::CONDITIONS.contains(&name.as_str())
                {
                    return Err(no_helper(name));
                }
                let asks =
                    asks || name == "default" || helpers::CONDITIONS.contains(&name.as_str());
                self.arguments(call, asks)
            }
            _ => Err(TemplateProblem::new("this is not allowed in templates", "{{")),
        }
    }

    fn name(&mut self, parameter: &Parameter, asks: bool) -> Result<(), TemplateProblem> {
        let raw = text_of(parameter);
        let (parts, outermost) = match parameter {
            Parameter::Path(Path::Relative((segments, _))) => {
                let named = segments.iter().filter_map(|segment| match segment {
                    PathSeg::Named(name) => Some(name.clone()),
                    _ => None,
                });
                (named.collect::<Vec<_>>(), raw.starts_with("@root"))
            }
            Parameter::Name(name) => (vec![name.clone()], false),
            // `@index`, `@key`, `@first`, `@last` exist only inside a block.
            Parameter::Path(Path::Local(_)) if self.inside > 0 => return Ok(()),
            _ => return Err(TemplateProblem::new(format!("`{raw}` is no name"), raw)),
        };
        if raw.starts_with("..") {
            let help = "inside `each` and `with`, write `@root.` before a name from outside";
            return Err(TemplateProblem::new("`../` is not allowed in templates", raw).help(help));
        }
        let this =
            raw == "this" || raw.starts_with("this.") || raw.starts_with("this/") || raw == ".";
        if this && self.inside == 0 {
            return Err(TemplateProblem::new("`this` exists only inside `each` and `with`", raw));
        }
        let own = self.inside > 0 && !outermost;
        if !own && !parts.is_empty() {
            self.walked.names.push(Name { parts, raw, asks });
        }
        Ok(())
    }
}

fn no_helper(name: String) -> TemplateProblem {
    let known = helpers::NAMES.iter().chain(helpers::CONDITIONS).copied();
    let help = match nearest(&name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the helpers are {}", helpers::NAMES.join(", ")),
    };
    TemplateProblem::new(format!("there is no helper `{name}`"), name).help(help)
}

fn name_of(parameter: &Parameter) -> Option<&str> {
    match parameter {
        Parameter::Name(name) => Some(name),
        Parameter::Path(Path::Relative((_, raw)) | Path::Local((_, _, raw))) => Some(raw),
        _ => None,
    }
}

fn text_of(parameter: &Parameter) -> String {
    name_of(parameter).unwrap_or_default().trim_start_matches("./").to_owned()
}
