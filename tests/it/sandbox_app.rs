//! `sandbox --app`: the variables that it prints lead to a server that takes what a definition asks for.

use crate::support::Home;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts it, and gives a home in which everything that it prints is set.
fn start(home: Home, arguments: &[&str]) -> (Running, Home) {
    let all = [&["sandbox", "--port", "0", "--app"], arguments].concat();
    let mut child = Running(home.command(&all).stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let mut home = home;
    // The keys are the last.
    loop {
        let line = lines.next().expect("it says where it is").unwrap();
        let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
        let value = value.strip_prefix('\'').unwrap().strip_suffix('\'').unwrap();
        home = home.set(name, value);
        if name.ends_with("_API_KEY") || name.ends_with("_CLIENT_SECRET") {
            return (child, home);
        }
    }
}

#[test]
fn what_is_printed_leads_to_the_app() {
    // Whatever else is set in that shell.
    let home = Home::new().set("HTTPS_PROXY", "http://127.0.0.1:9").set("NO_PROXY", "*");
    let home = home.set("SSL_CERT_FILE", "/no/such/file");
    let (mut server, home) = start(home, &["github", "--auth", "token"]);
    home.run(&["connect", "github", "--auth", "token"]).expect(0).says("Connected github as");
    home.run(&["call", "github", "/user/repos"]).expect(0);
    let elsewhere = ["call", "github", "/user/repos", "-H", "Authorization: Bearer another"];
    home.run(&elsewhere).expect(8).prints("the header `authorization` has another value");
    let pid = server.0.id().to_string();
    let sent = Command::new("sh").args(["-c", "kill -INT \"$0\"", &pid]).status();
    assert!(sent.unwrap().success());
    let mut said = String::new();
    server.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("GET api.github.com/user (user information)"), "{said}");
    assert!(said.contains("refused GET api.github.com/user/repos (call)"), "{said}");
}

#[test]
fn a_definition_under_work_is_enough() {
    let home = Home::new();
    let file = home.write(
        "acme.yaml",
        r#"title: Acme
base_url: https://api.acme.example/v1
authorizations:
  service:
    type: oauth2
    grant: client_credentials
    token_endpoint:
      url: https://id.acme.example/token
      encoding: json
      response:
        access_token: "{{response.data.token}}"
    user_info_endpoint:
      url: /me
      response:
        user_identity: "{{response.name}}"
"#,
    );
    let (mut server, home) = start(home, &[file.to_str().unwrap()]);
    home.run(&["test", "./acme.yaml"]).expect(0).prints("Ada Lovelace");
    server.0.kill().unwrap();
    let said = std::io::read_to_string(server.0.stderr.take().unwrap()).unwrap();
    let next = format!("tieline connect {} --auth service", file.display());
    assert!(said.contains(&next), "{said}");
}

#[test]
fn an_authorization_that_is_not_there_is_told() {
    let home = Home::new();
    home.run(&["sandbox", "--app", "github", "--auth", "tokn"])
        .expect(2)
        .says("it has oauth, token");
    home.run(&["sandbox", "--app", "github", "--agree"]).expect(2);
    home.run(&["sandbox", "--auth", "token"]).expect(2).says("--app");
}

#[test]
fn a_server_between_whose_authority_nobody_trusts_is_told_with_the_remedy() {
    let (_server, home) = start(Home::new(), &["github", "--auth", "token"]);
    // As behind a company's proxy that opens TLS, before its CA bundle is set.
    let home = home.set("CURL_CA_BUNDLE", "");
    let ran = home.run(&["connect", "github", "--auth", "token"]).expect(6);
    let ran = ran.says("`api.github.com` cannot be trusted");
    ran.says("hint: behind a company proxy, set SSL_CERT_FILE to its CA bundle");
    assert_eq!(home.kept(), 0);
}
