//! Names that a provider's values use, as the templates of a definition say them.

use super::entry::Entry;
use super::field::{Input, Spot, snake};
use crate::definition::names::RESERVED;
use serde_json::Map;

impl Entry<'_> {
    /// A name as templates of a definition say it.
    pub(super) fn name(&mut self, name: &str, spot: Spot) -> Result<String, String> {
        let short = bare(name);
        if let Some((_, input)) = self.client.iter_mut().find(|(known, _)| known == short)
            && !name.starts_with("connectionConfig.")
        {
            input.note(spot);
            return Ok(format!("client.{}", input.name));
        }
        if let Some((_, input)) = self.inputs.iter_mut().find(|(known, _)| known == short) {
            input.note(spot);
            self.credential |= input.credential;
            return Ok(input.name.clone());
        }
        if let Some(extra) = self.extras.get(short) {
            if spot == Spot::Address {
                self.open_hosts = true;
                return Ok(format!("extras.{extra}"));
            }
            if spot == Spot::Elsewhere {
                return Ok(format!("extras.{extra}"));
            }
        }
        if let Some(rest) = name.strip_prefix("step")
            && let Some((number, path)) = rest.split_once('.')
            && let Ok(number) = number.parse::<usize>()
        {
            self.steps.insert((number, path.to_owned()));
            return Ok(format!("secrets.{}", step_name(number, path)));
        }
        match short {
            "accessToken" | "access_token" => {
                self.credential = true;
                Ok("access_token".to_owned())
            }
            "clientId" | "oauth_client_id" | "client_id" => Ok("client_id".to_owned()),
            "clientSecret" | "oauth_client_secret" | "client_secret" => {
                Ok("client_secret".to_owned())
            }
            "refreshToken" | "refresh_token" => Ok("refresh_token".to_owned()),
            "code" => Ok("code".to_owned()),
            "redirectUri" | "redirect_uri" | "callbackUrl" => Ok("redirect_uri".to_owned()),
            _ if name.contains("onnectionConfig.") => {
                // Nobody declares it: a script filled it in, and here a person must.
                let input = Input::read(short, self.fresh(short), &Map::new());
                self.inputs.push((short.to_owned(), input));
                self.note(name, "is not declared; it is asked for");
                self.name(name, spot)
            }
            _ => Err(format!("nothing gives `{name}`")),
        }
    }

    /// A name that templates may give a field.
    pub(super) fn fresh(&self, name: &str) -> String {
        let name = snake(name.rsplit('.').next().unwrap_or(name));
        let name = name.trim_matches('_');
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
        match RESERVED.contains(&name) || !starts {
            true => format!("its_{name}"),
            false => name.to_owned(),
        }
    }
}

/// What a step's answer is kept as.
pub(super) fn step_name(number: usize, path: &str) -> String {
    format!("step{number}_{}", snake(&path.replace('.', "_")))
}

/// A name without the place that it comes from.
pub(super) fn bare(name: &str) -> &str {
    let places = ["connectionConfig.", "credentials.", "integrationConfig.", "integration_config."];
    places.iter().find_map(|place| name.strip_prefix(place)).unwrap_or(name)
}

/// A path in an answer as a template's name.
pub(super) fn response(path: &str) -> String {
    let path = path.replace('[', ".").replace(']', "");
    let plain = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let parts = path.split('.').filter(|part| !part.is_empty());
    let parts = parts.map(|part| match plain(part) {
        true => format!(".{part}"),
        false => format!(".[{part}]"),
    });
    format!("response{}", parts.collect::<String>())
}
