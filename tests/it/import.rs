//! `apps import`: what another program knows of apps, as definitions that lint clean.

use crate::support::Home;

const PROVIDERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/nango/providers.yaml");

fn import(home: &Home, arguments: &[&str]) -> serde_json::Value {
    let all = [&["apps", "import", "nango", PROVIDERS, "--json"], arguments].concat();
    home.run(&all).expect(0).json()
}

#[test]
fn at_least_95_of_100_entries_become_definitions_that_lint_clean() {
    let home = Home::new();
    let told = import(&home, &["--output", "out"]);
    let entries = told["entries"].as_array().unwrap();
    assert!(entries.len() >= 40, "{}", entries.len());
    let failed: Vec<&str> = entries
        .iter()
        .filter(|entry| entry["converted"] == false)
        .map(|entry| entry["entry"].as_str().unwrap())
        .collect();
    println!("{} of {} converted", entries.len() - failed.len(), entries.len());
    assert_eq!(failed, ["kauri-generic", "linden"]);
    assert!((entries.len() - failed.len()) * 100 >= entries.len() * 95);
    let count = entries.len() - failed.len();
    home.run(&["lint", "out", "--deny", "warnings"])
        .expect(0)
        .prints(&format!("{count} definitions: no findings"));
}

#[test]
fn what_cannot_be_said_is_told_by_entry_and_key() {
    let home = Home::new();
    let told = import(&home, &["--output", "out"]);
    let notes = |name: &str| {
        let entries = told["entries"].as_array().unwrap();
        let entry = entries.iter().find(|entry| entry["entry"] == name).unwrap();
        format!("{} {}", entry["notes"], entry["reason"])
    };
    for (entry, note) in [
        ("rowan", "post_connection_script: what it looks up after connecting is code"),
        ("zelkova", "pre_connection_deletion_script"),
        ("spruce", "authorization_url_skip_encode"),
        ("larch", "refresh_token_params: the login is run again"),
        ("larch", "refresh_token_headers"),
        ("holly", "token_response_headers"),
        ("viburnum", "registration_params"),
        ("iroko", "installation"),
        ("cedar", "proxy.verification.endpoints"),
        ("olive", "b: it is asked for there, and nothing is sent of it"),
        ("kauri-generic", "tieline connect ADDRESS"),
        ("linden", "assertion"),
    ] {
        assert!(notes(entry).contains(note), "{entry}: {}", notes(entry));
    }
    for silent in ["acorn", "acorn-sandbox", "dogwood", "oak", "quince"] {
        assert_eq!(notes(silent), "[] null", "{silent}");
    }
}

#[test]
fn each_feature_lands_where_a_definition_says_it() {
    let home = Home::new();
    import(&home, &["--output", "out"]);
    let text =
        |app: &str| std::fs::read_to_string(home.path().join(format!("out/{app}.yaml"))).unwrap();
    for (app, line) in [
        ("acorn-sandbox", "base_url: https://api.sandbox.acorn.example"),
        ("acorn-beta", "authorization_uri: https://sandbox.acorn.example/oauth/authorize"),
        ("birch", "client_authentication: client_secret_basic"),
        ("birch", "suffix: \".birch.example\""),
        ("birch", "type: link_header"),
        ("fir", "authorization: \"Basic {{base64 api_key \\\":\\\"}}\""),
        ("hazel", "base_url: \"{{{base_url}}}/rest\""),
        ("ivy", "format: host"),
        ("kapok", "expires_in: \"{{response.expires_in}}ms\""),
        ("larch", "access_token: \"{{response.data.jwt}}\""),
        ("maple", "expires_at: \"{{response.expires_at}}\""),
        ("nutmeg", "step1_session_id: \"{{response.session.id}}\""),
        ("palm", "signature_method: PLAINTEXT"),
        ("quince", "algorithm: ES256"),
        ("rowan", "realm_id: realmId"),
        ("spruce", "client_key: \"{{client_id}}\""),
        ("teak", "com.au: com.au"),
        ("walnut", "aws_sigv4:"),
        ("yew", "realm: \"{{account_id}}\""),
        ("catalpa", "certificate: \"{{client_certificate}}\""),
        ("dahlia", "client_authentication: private_key_jwt"),
        ("fig", "{{hmac \\\"sha1\\\" api_key (now) \\\"hex\\\"}}"),
        ("xylosma", "PasswordDigest"),
    ] {
        assert!(text(app).contains(line), "`{line}` is not in {app}:\n{}", text(app));
    }
}

#[test]
fn no_identity_is_made_up_that_every_account_would_have() {
    let home = Home::new();
    import(&home, &["--output", "out"]);
    let files = std::fs::read_dir(home.path().join("out")).unwrap();
    let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let identities: Vec<String> = texts
        .flat_map(|text| text.lines().map(ToOwned::to_owned).collect::<Vec<_>>())
        .filter(|line| line.contains("user_identity"))
        .collect();
    assert!(identities.iter().any(|line| line.contains("response.name response.id)")));
    assert!(identities.iter().any(|line| line.contains("(default response.id workspace)")));
    let constant = identities.iter().find(|line| line.contains("title"));
    assert_eq!(constant, None);
}

#[test]
fn a_file_that_is_there_is_kept_and_what_is_no_providers_file_is_refused() {
    let home = Home::new();
    let mine = home.write("home/apps/cedar.yaml", "title: Mine\n");
    let told = import(&home, &[]);
    let entry = told["entries"].as_array().unwrap().iter().find(|e| e["entry"] == "cedar").unwrap();
    assert_eq!((&entry["converted"], &entry["written"]), (&true.into(), &false.into()));
    assert_eq!(std::fs::read_to_string(mine).unwrap(), "title: Mine\n");
    home.run(&["apps", "show", "birch"]).expect(0).prints("Birch (birch)");
    let import = |text: &str| {
        home.write("other.yaml", text);
        home.run(&["apps", "import", "nango", "other.yaml", "--output", "other"])
    };
    import("a: [").expect(4).says("is no providers file");
    import("openapi: 3.1.0\n").expect(4).says("no entry has an `auth_mode`");
    let last = "\n  proxy: { base_url: https://a.example }\n";
    import(&format!("a:\n  auth_mode: NONE{last}b:\n  auth_mode: CUSTOM{last}"))
        .expect(1)
        .prints("it asks for no credential")
        .prints("auth_mode: `CUSTOM` is code")
        .says("no entry could be converted");
    import(&format!("a:\n  alias: b\n  auth_mode: BASIC{last}b:\n  alias: a\n"))
        .expect(1)
        .prints("lead back");
}
