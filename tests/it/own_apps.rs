//! `apps new`, `apps path` and `apps edit`: definitions of one's own.

use crate::support::{Home, Sandbox};
use tieline::definition::TYPES;

/// The rules that `lint` finds broken in a file.
fn findings(home: &Home, file: &str) -> Vec<String> {
    let told = home.run(&["lint", file, "--format", "github"]).stdout;
    let titles = told.lines().filter_map(|line| line.split("title=").nth(1));
    titles.map(|rest| rest.split([',', ':']).next().unwrap().to_owned()).collect()
}

#[test]
fn every_type_begins_with_a_definition_that_only_lacks_what_the_person_knows() {
    let home = Home::new();
    for (kind, _) in TYPES {
        let file = format!("./{}.yaml", kind.replace('_', "-"));
        let name = kind.replace('_', "-");
        home.run(&["apps", "new", &name, "--type", kind, "--output", &file])
            .expect(0)
            .says(&format!("Wrote {file}"))
            .says("to do")
            .says(&format!("tieline connect {file}"));
        let found = findings(&home, &file);
        assert!(!found.is_empty() && found.iter().all(|rule| rule == "todo"), "{kind}: {found:?}");
        home.run(&["apps", "show", &file]).expect(0).prints("the default");
    }
}

#[test]
fn a_new_definition_is_ones_own_and_is_not_overwritten_unasked() {
    let home = Home::new();
    let new = ["apps", "new", "acme", "--type", "basic"];
    home.run(&new).expect(0);
    let path = home.run(&["apps", "path", "acme"]).expect(0).stdout;
    assert!(path.trim_end().ends_with("home/apps/acme.yaml"), "{path}");
    // An editor finds the schema from its first line.
    let written = std::fs::read_to_string(path.trim_end()).unwrap();
    let line = written.lines().next().unwrap();
    let schema = line.strip_prefix("# yaml-language-server: $schema=").unwrap();
    let schema = home.path().join("home/apps").join(schema);
    assert_eq!(std::fs::read_to_string(schema).unwrap(), home.run(&["schema"]).expect(0).stdout);
    std::fs::write(path.trim_end(), "mine").unwrap();
    home.run(&new).expect(2).says("is there already").says("--force");
    assert_eq!(std::fs::read_to_string(path.trim_end()).unwrap(), "mine");
    home.run(&[&new[..], &["--force"]].concat()).expect(0);
    home.run(&["apps", "acme"]).expect(0).prints("basic");
    home.run(&["apps", "new", "acme2"]).expect(2).says("--type TYPE");
    home.run(&["apps", "new", "Not A Name", "--type", "basic"]).expect(2).says("is no app name");
}

#[test]
fn on_a_terminal_the_type_is_chosen_from_a_menu() {
    let home = Home::new();
    let mut terminal = home.on_terminal(&["apps", "new", "acme"]);
    terminal.until("How is the app authorized?").until("api_key_url");
    terminal.press("\u{1b}[B\u{1b}[B\r");
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
    home.run(&["apps", "acme"]).expect(0).prints("basic");
}

#[test]
fn an_issuer_says_itself_how_it_is_authorized() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.run(&["apps", "new", "mine", "--issuer", &sandbox.url]).expect(0).says("mine.yaml");
    home.run(&["apps", "show", "mine"]).expect(0).prints("OAuth 2.0 in the browser");
    home.run(&["lint", "mine"]).expect(0).prints("no findings");
    home.run(&["apps", "new", "b", "--issuer", "http://a.example"]).expect(2).says("over https");
}

const OPENAPI: &str = r##"
openapi: 3.1.0
info: { title: Acme, version: "1" }
externalDocs: { url: https://docs.acme.example }
servers:
  - url: https://{region}.acme.example/{version}/
    variables:
      region: { default: eu, enum: [eu, us] }
      version: { default: v1 }
security: [{ login: [] }]
components:
  securitySchemes:
    header: { type: apiKey, in: header, name: X-Key }
    query: { $ref: "#/components/securitySchemes/shared" }
    shared: { type: apiKey, in: query, name: key }
    cookie: { type: apiKey, in: cookie, name: sid }
    bearer: { type: http, scheme: Bearer }
    basic: { type: http, scheme: basic }
    digest: { type: http, scheme: digest }
    certificate: { type: mutualTLS }
    openid: { type: openIdConnect, openIdConnectUrl: https://id.acme.example/.well-known/openid-configuration }
    login:
      type: oauth2
      flows:
        implicit: { authorizationUrl: https://acme.example/a, scopes: {} }
        authorizationCode: { authorizationUrl: https://acme.example/a, tokenUrl: https://acme.example/t, refreshUrl: https://acme.example/r, scopes: { read: Read } }
        clientCredentials: { tokenUrl: https://acme.example/t, scopes: {} }
        password: { tokenUrl: https://acme.example/t, scopes: {} }
paths:
  /users/me: { get: { responses: { 200: { description: ok } } } }
"##;

#[test]
fn openapi_3_gives_an_authorization_for_each_scheme_that_can_be_said() {
    let home = Home::new();
    home.write("api.yaml", OPENAPI);
    home.run(&["apps", "new", "acme", "--openapi", "api.yaml"])
        .expect(0)
        .says("`digest`: the HTTP scheme `digest`")
        .says("`certificate`: a certificate alone")
        .says("`login`: the implicit flow is not used any more");
    let found = findings(&home, "acme");
    assert!(found.iter().all(|rule| rule == "todo"), "{found:?}");
    let told = home.run(&["apps", "show", "acme", "--json"]).expect(0).json();
    assert_eq!(
        (&told["title"], &told["docs"]),
        (&"Acme".into(), &"https://docs.acme.example".into())
    );
    let auths = told["authorizations"].as_array().unwrap();
    let names: Vec<&str> = auths.iter().map(|auth| auth["name"].as_str().unwrap()).collect();
    let expected = [
        "login",
        "login_client_credentials",
        "login_password",
        "header",
        "query",
        "shared",
        "cookie",
        "bearer",
        "basic",
        "openid",
    ];
    assert_eq!(names, expected, "what the API demands comes first");
    assert_eq!(auths[0]["base_url"], "https://{{region}}.acme.example/{{version}}");
    assert_eq!(auths[3]["sent_as"][0], "header X-Key: {{api_key}}");
    assert_eq!(auths[4]["sent_as"][0], "query key={{api_key}}");
    assert_eq!(auths[6]["sent_as"][0], "header Cookie: sid={{api_key}}");
    home.run(&["apps", "show", "acme"]).expect(0).prints("tieline call acme /users/me");
}

#[test]
fn openapi_2_and_json_are_read_and_two_keys_that_go_together_are_one() {
    let home = Home::new();
    home.write(
        "api.json",
        r#"{ "swagger": "2.0", "info": { "title": "Old" }, "host": "api.old.example", "basePath": "/v2/",
             "security": [{ "app": [], "user": [] }], "paths": {},
             "securityDefinitions": {
               "app": { "type": "apiKey", "in": "header", "name": "X-App" },
               "user": { "type": "apiKey", "in": "query", "name": "user" },
               "plain": { "type": "basic" },
               "web": { "type": "oauth2", "flow": "accessCode", "authorizationUrl": "https://old.example/a",
                        "tokenUrl": "https://old.example/t", "scopes": { "a": "", "b": "", "c": "", "d": "", "e": "" } },
               "machine": { "type": "oauth2", "flow": "application", "tokenUrl": "http://old.example/t" } } }"#,
    );
    home.run(&["apps", "new", "old", "--openapi", "api.json", "--output", "old.yaml"])
        .expect(0)
        .says("`machine`: the flow `application` lacks an address over https");
    let found = findings(&home, "old.yaml");
    assert!(found.iter().all(|rule| rule == "todo"), "{found:?}");
    home.run(&["apps", "show", "./old.yaml"])
        .expect(0)
        .prints("app_user - an API key and its secret")
        .prints("header X-App: {{api_key}}")
        .prints("query user={{api_secret}}")
        .prints("https://api.old.example/v2");
    home.write("no.yaml", "title: x\n");
    home.run(&["apps", "new", "no", "--openapi", "no.yaml"]).expect(4).says("neither `openapi`");
    home.write("none.yaml", "openapi: 3.0.0\n");
    home.run(&["apps", "new", "no", "--openapi", "none.yaml"]).expect(4).says("no security scheme");
}

#[test]
fn path_says_where_a_definition_lies() {
    let home = Home::new();
    let folder = home.run(&["apps", "path"]).expect(0).stdout;
    assert!(folder.trim_end().ends_with("home/apps"), "{folder}");
    let embedded = home.run(&["apps", "path", "github"]).expect(0).says("is embedded");
    assert_eq!(embedded.stdout, "");
    home.run(&["apps", "path", "githb"]).expect(2).says("did you mean `github`?");
    home.run(&["apps", "path", "./nowhere.yaml"]).expect(2);
}

#[test]
fn edit_copies_what_is_embedded_and_checks_what_was_written() {
    let home = Home::new();
    home.run(&["apps", "edit", "github"]).expect(2).says("EDITOR");
    let home = home.set("EDITOR", "sh -c 'true'").set("VISUAL", "/bin/true");
    home.run(&["apps", "edit", "github"])
        .expect(0)
        .says("Copied the embedded definition")
        .says("github: no findings");
    home.run(&["apps", "path", "github"]).expect(0).prints("home/apps/github.yaml");
    let script = home.write("spoil", "#!/bin/sh\necho 'titel: x' >> \"$1\"\n");
    let home = home.set("VISUAL", format!("/bin/sh {}", script.display()));
    home.run(&["apps", "edit", "github"]).expect(4).says("did you mean `title`?");
    let home = home.set("VISUAL", "/nowhere/editor");
    home.run(&["apps", "edit", "github"]).expect(1).says("cannot be started");
}

#[test]
fn on_a_terminal_one_edits_again_until_it_is_right() {
    let home = Home::new();
    // The first time it spoils the file, the second time it mends it.
    let text = "#!/bin/sh\nif grep -q titel \"$1\"; then grep -v titel \"$1\" > \"$1.x\"; mv \"$1.x\" \
                \"$1\"; else echo 'titel: x' >> \"$1\"; fi\n";
    let script = home.write("editor", text);
    let home =
        home.set("EDITOR", format!("/bin/sh {}", script.display())).set("PATH", "/usr/bin:/bin");
    let mut terminal = home.on_terminal(&["apps", "edit", "cliengo"]);
    terminal.until("Edit it again?").press("y");
    terminal.until("no findings");
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
}

#[test]
fn a_wrong_definition_is_named_in_the_advice_as_it_was_given() {
    let home = Home::new();
    home.write("wrong.yaml", "titel: A\n");
    home.run(&["connect", "./wrong.yaml"]).expect(4).says("run `tieline lint ./wrong.yaml`");
    home.define("mine", "titel: A\n");
    home.run(&["connect", "mine"]).expect(4).says("run `tieline lint mine`");
}
