//! `lint --online`: definitions held against the metadata of their issuer, here the sandbox.

use crate::support::{Home, Sandbox};

const ARGUMENTS: [&str; 4] = ["lint", "--online", "--format", "json"];

/// A definition of the sandbox with these lines in its authorization, the first of which is line 8.
fn definition(issuer: &str, lines: &str) -> String {
    format!(
        "title: A\nbase_url: {issuer}\nauthorizations:\n  main:\n    type: oauth2\n    \
         issuer: {issuer}\n    user_info_endpoint: null\n{lines}"
    )
}

/// Every finding as `line message`.
fn findings(home: &Home, text: &str) -> Vec<String> {
    let path = home.write("a.yaml", text);
    let arguments = [&ARGUMENTS[..], &[path.to_str().unwrap()]].concat();
    let found = home.run(&arguments).expect(0).json()["findings"].clone();
    let found = found.as_array().unwrap().clone();
    assert!(found.iter().all(|it| it["rule"] == "online" && it["severity"] == "warning"));
    found.iter().map(|it| format!("{} {}", it["line"], it["message"].as_str().unwrap())).collect()
}

#[test]
fn what_differs_is_told_at_its_line_with_what_the_issuer_says() {
    let (sandbox, home) = (Sandbox::start(&[]), Home::new());
    let url = &sandbox.url;
    let right =
        format!("    authorization_uri: {url}/authorize\n    token_endpoint: {url}/token\n");
    assert_eq!(findings(&home, &definition(url, &right)), Vec::<String>::new());

    let wrong = format!(
        "    authorization_uri: {url}/authorize?prompt=consent\n    token_endpoint: {url}/tokens\n    \
         pkce: none # as a test\n    scopes: [profile, nonsense]\n"
    );
    let found = findings(&home, &definition(url, &wrong));
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(found[0], format!("9 the issuer says `{url}/token`"));
    assert!(found[1].starts_with("10 the issuer takes PKCE: S256"), "{found:?}");
    assert_eq!(found[2], "11 the issuer does not list the scope `nonsense`");

    let path = home.path().join("a.yaml");
    let denied = ["lint", "--online", "--deny", "warnings", path.to_str().unwrap()];
    home.run(&denied).expect(4).prints("warning[online]");
}

#[test]
fn nothing_to_compare_and_nobody_there_are_said() {
    let home = Home::new();
    let text = definition("https://a.example", "    authorization_uri: https://a.example/a\n");
    let text = text.replace("    issuer: https://a.example\n", "");
    let path = home.write("a.yaml", &format!("{text}    token_endpoint: https://a.example/t\n"));
    let path = path.to_str().unwrap();
    home.run(&["lint", "--online", path]).expect(0).says("writes out no issuer");

    // Of several, how many is enough.
    home.write("folder/a.yaml", &std::fs::read_to_string(path).unwrap());
    home.write("folder/b.yaml", &std::fs::read_to_string(path).unwrap());
    let several = home.run(&["lint", "--online", "folder"]).expect(0);
    assert_eq!(several.stderr, "2 of 2 definitions were not compared: no issuer\n");
    home.run(&["lint", "--online", "folder", "-v"]).expect(0).says("b writes out no issuer");

    // A port that nobody listens at any more.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    home.write("a.yaml", &definition(&issuer, "    pkce: none\n"));
    let ran = home.run(&["lint", "--online", path]).expect(6).says("does not say what it offers");
    ran.prints("warning[pkce-off]");

    // The others are compared all the same.
    let sandbox = Sandbox::start(&[]);
    std::fs::copy(path, home.path().join("folder/a.yaml")).unwrap();
    let scope = definition(&sandbox.url, "    scopes: [nonsense]\n");
    home.write("folder/b.yaml", &scope);
    let ran = home.run(&["lint", "--online", "folder"]).expect(6);
    ran.says("does not say what it offers").prints("does not list the scope `nonsense`");
}
