//! Tests of templates: what may be written, and what comes out in each place.

use super::*;
use proptest::prelude::*;

fn scope() -> Scope {
    let mut scope = Scope::new(Moment { now_ms: 1_700_000_000_123, ..Moment::default() });
    scope.set("access_token", Some("a b/c"));
    scope.set("code", None);
    scope.set("grant_type", Some("refresh_token"));
    scope.set("dots", Some(".."));
    scope.set("line", Some("a\nb"));
    scope.set("quote", Some("\"x\\"));
    scope.set("server", Some("https://a.test/p"));
    scope.set_value(
        "response",
        serde_json::json!({
            "user": {"id": 7, "name": "Ada"}, "list": [{"id": 1, "k": "x"}, {"id": 2, "k": "y"}],
            "token": "x.eyJzdWIiOiJhZGEifQ.y", "none": null, "ok": false,
        }),
    );
    scope
}

fn render(source: &str, place: Place) -> Result<Option<String>, RenderError> {
    Template::parse(source, place).unwrap().render(&scope())
}

fn text(source: &str) -> String {
    render(source, Place::Answer).unwrap().unwrap_or_default()
}

#[test]
fn values_are_escaped_for_their_place() {
    assert_eq!(render("/t/{{access_token}}", Place::Url), Ok(Some("/t/a%20b%2Fc".into())));
    assert_eq!(render("Bearer {{access_token}}", Place::Header), Ok(Some("Bearer a b/c".into())));
    assert_eq!(
        render(r#"{"q": "{{quote}}"}"#, Place::JsonBody),
        Ok(Some(r#"{"q": "\"x\\"}"#.into()))
    );
    assert_eq!(render("<a>{{xml quote}}</a>", Place::Body).unwrap().unwrap(), "<a>&quot;x\\</a>");
}

#[test]
fn nothing_is_sent_where_a_value_is_required() {
    assert!(matches!(render("Bearer {{code}}", Place::Header), Err(RenderError::Empty { .. })));
    assert!(matches!(render("/{{response.none}}", Place::Url), Err(RenderError::Empty { .. })));
    assert!(matches!(render("/{{response.no.such}}", Place::Url), Err(RenderError::Empty { .. })));
    assert_eq!(render("{{code}}", Place::Header), Ok(None));
    assert_eq!(render("{{code}}", Place::Text), Ok(None));
    assert_eq!(render("", Place::Text), Ok(Some(String::new())));
}

#[test]
fn a_path_never_climbs_and_a_header_never_breaks() {
    assert!(matches!(render("/a/{{dots}}/b", Place::Url), Err(RenderError::Climbs { .. })));
    assert!(matches!(render("{{line}}", Place::Header), Err(RenderError::ControlCharacter { .. })));
}

#[test]
fn a_raw_value_stands_only_at_the_start_of_a_url() {
    assert_eq!(render("{{{server}}}/me", Place::Url), Ok(Some("https://a.test/p/me".into())));
    assert!(Template::parse("x{{{server}}}", Place::Url).is_err());
    assert!(Template::parse("{{&server}}", Place::Header).is_err());
    assert!(Template::parse("{{{server}}}", Place::Text).is_err());
}

#[test]
fn helpers_answer() {
    assert_eq!(text("{{base64 \"a\" \":\" \"b\"}}"), "YTpi");
    assert_eq!(text("{{#with (find response.list k=\"y\")}}{{id}}{{/with}}"), "2");
    assert_eq!(text("{{#with (first response.list)}}{{k}}{{/with}}"), "x");
    assert_eq!(text("{{#with (claims response.token)}}{{sub}}{{/with}}"), "ada");
    assert_eq!(text("{{now}} {{now \"iso\"}}"), "1700000000 2023-11-14T22:13:20Z");
    assert_eq!(text("{{default code response.user.name}}"), "Ada");
    assert_eq!(text("{{upper (replace \"a-b\" \"-\" \"_\")}}"), "A_B");
    assert_eq!(text("{{#if (eq grant_type \"refresh_token\")}}r{{else}}c{{/if}}"), "r");
    assert_eq!(text("{{#each response.list}}{{k}}{{/each}}"), "xy");
    assert_eq!(text("{{#unless response.ok}}failed{{/unless}}"), "failed");
    // RFC 4231 test case 2
    assert_eq!(
        text("{{hmac \"sha256\" \"Jefe\" \"what do ya want for nothing?\" \"hex\"}}"),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    // FIPS 180-2 appendix B.1
    assert_eq!(
        text("{{hash \"sha256\" \"abc\" \"hex\"}}"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn what_a_definition_may_not_do_is_refused() {
    for source in [
        "{{> self}}",
        "{{#*inline \"x\"}}{{> x}}{{/inline}}{{> x}}",
        "{{{{raw}}}}x{{{{/raw}}}}",
        "{{lookup response \"x\"}}",
        "{{log \"x\"}}",
        "{{nohelper 1}}",
        "{{#nosuch x}}{{/nosuch}}",
        "{{#if",
        "{{* d}}",
    ] {
        assert!(Template::parse(source, Place::Text).is_err(), "{source}");
    }
    assert!(Template::parse("{{access_token}}", Place::Body).is_err());
    assert!(Template::parse(r#"{"a": {{access_token}}}"#, Place::JsonBody).is_err());
}

#[test]
fn a_member_of_a_list_is_absent() {
    let mut scope = scope();
    scope.set_value("response", serde_json::json!([{ "name": "Ada" }, { "list": [1, 2] }]));
    let answer =
        |source: &str| Template::parse(source, Place::Answer).unwrap().render(&scope).unwrap();
    assert_eq!(answer("{{response.error}}"), None);
    assert_eq!(answer("{{#if response.error}}x{{/if}}"), None);
    assert_eq!(answer("{{default response.error response.0.name}}").as_deref(), Some("Ada"));
    assert_eq!(answer("{{response.1.list.sum}}{{response.1.list.0}}").as_deref(), Some("1"));
}

#[test]
fn nesting_and_output_are_bounded() {
    let deep = "{{#if a}}".repeat(5_000) + &"{{/if}}".repeat(5_000);
    assert!(Template::parse(&deep[..MAX_BYTES.min(deep.len())], Place::Text).is_err());
    let mut scope = scope();
    scope.set_value("response", serde_json::json!({ "l": vec![vec!["x"; 200]; 200] }));
    let source =
        "{{#each response.l}}{{#each this}}".to_owned() + &"y".repeat(100) + "{{/each}}{{/each}}";
    let template = Template::parse(&source, Place::Text).unwrap();
    assert!(matches!(template.render(&scope), Err(RenderError::TooLong { .. })));
}

#[test]
fn integry_spelling_reads_on() {
    assert_eq!(
        text("{{requestBody.grant_type|raw}} {{ query.grant_type }}"),
        "refresh_token refresh_token"
    );
    let problem =
        Template::parse("{% if requestBody.grant_type == 'x' %}", Place::Text).unwrap_err();
    assert_eq!(problem.help.as_deref(), Some("write `{{#if (eq grant_type \"x\")}}`"));
}

#[test]
fn names_are_told_from_what_a_block_brings() {
    let template =
        Template::parse("{{a.b}}{{#each response.list}}{{k}}{{@root.c}}{{/each}}", Place::Text)
            .unwrap();
    let names: Vec<_> = template.names().iter().map(|name| name.parts.join(".")).collect();
    assert_eq!(names, ["a.b", "response.list", "c"]);
}

proptest! {
    #[test]
    fn any_text_parses_or_is_refused(source in "[ -~{}#/]{0,200}") {
        if let Ok(template) = Template::parse(&source, Place::Text) {
            let _ = template.render(&scope());
        }
    }

    #[test]
    fn a_value_never_leaves_its_path_segment(value in "\\PC{1,30}") {
        let mut scope = Scope::default();
        scope.set("v", Some(&value));
        let template = Template::parse("https://a.test/x/{{v}}/y", Place::Url).unwrap();
        if let Ok(Some(url)) = template.render(&scope) {
            let url = url::Url::parse(&url).unwrap();
            prop_assert_eq!(url.path_segments().unwrap().count(), 3);
            prop_assert_eq!(url.host_str(), Some("a.test"));
            prop_assert!(url.query().is_none());
        }
    }
}

#[test]
fn a_line_break_stands_in_no_header_and_no_url() {
    for place in [Place::Header, Place::Url] {
        assert!(Template::parse("a\r\nX-Evil: b", place).is_err(), "{place:?}");
    }
    assert!(Template::parse("a\nb", Place::Body).is_ok());
}
