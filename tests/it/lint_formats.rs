//! What `lint` prints for whom: text, JSON, SARIF and the annotations of GitHub Actions.

use crate::lint::around;
use crate::support::Home;
use serde_json::Value;

/// A home with a wrong definition, a clean one, and one whose name is no app's.
fn home() -> Home {
    let home = Home::new();
    home.write("defs/bad.yaml", &around("titel: B"));
    home.write("defs/clean.yaml", &around(""));
    home.write("odd name.yaml", "title: A\nbase_url: http://a.example\n");
    home
}

/// A definition with a warning and no error.
fn warned(home: &Home) {
    let lines = "grant: client_credentials\n    token_endpoint: /t\n    pkce: S256";
    home.write("warned.yaml", &around(lines).replace("type: api_key", "type: oauth2"));
}

#[test]
fn json_gives_every_finding_with_its_range() {
    let home = home();
    let json = home.run(&["lint", "--format", "json", "defs"]).expect(4).json();
    assert_eq!(json["schema"], 1);
    assert_eq!(
        (&json["definitions"], &json["errors"], &json["warnings"]),
        (&2.into(), &1.into(), &0.into())
    );
    let finding = &json["findings"][0];
    let text = |key: &str| finding[key].as_str().unwrap();
    assert_eq!((text("rule"), text("severity")), ("unknown-key", "error"));
    assert_eq!(text("file"), "defs/bad.yaml");
    let number = |key: &str| finding[key].as_u64().unwrap();
    assert_eq!((number("line"), number("column")), (7, 5));
    assert_eq!((number("end_line"), number("end_column")), (7, 10));
    assert!(text("help").contains("title") || text("help").contains("known here"), "{finding}");
}

#[test]
fn warnings_fail_only_where_they_are_denied() {
    let home = home();
    warned(&home);
    home.run(&["lint", "warned.yaml"]).expect(0).prints("0 errors, 1 warning");
    home.run(&["lint", "warned.yaml", "--deny", "warnings"]).expect(4);
    home.run(&["lint", "defs/clean.yaml", "--deny", "warnings"]).expect(0);
    home.run(&["lint", "defs/clean.yaml", "--deny", "everything"]).expect(2);
}

#[test]
fn annotations_are_escaped_as_the_runner_reads_them() {
    let home = home();
    warned(&home);
    home.write("percent.yaml", &around("\"50%\": 1"));
    let targets = ["defs/bad.yaml", "warned.yaml", "odd name.yaml", "percent.yaml", "a,b:c.yaml"];
    let ran = home.run(&[&["lint", "--format", "github"], &targets[..]].concat());
    let lines: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with("::")).collect();
    assert!(
        lines[0].starts_with(
            "::error file=defs/bad.yaml,line=7,endLine=7,col=5,endColumn=10,title=unknown-key::`titel` "
        ),
        "{lines:?}"
    );
    assert!(
        lines.iter().any(|line| line.starts_with("::warning file=warned.yaml,line=")),
        "{lines:?}"
    );
    assert!(lines.iter().any(|line| line.contains("file=odd name.yaml,")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("::`50%25` is no key")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("file=a%2Cb%3Ac.yaml,")), "{lines:?}");
    ran.expect(4).prints("5 definitions: ");
    let absolute = home.path().join("defs/bad.yaml").display().to_string();
    home.run(&["lint", "--format", "github", &absolute]).expect(4).prints("file=defs/bad.yaml,");
}

#[test]
fn sarif_points_into_the_repository_and_names_every_rule() {
    let home = home();
    let ran = home.run(&["lint", "--format", "sarif", "defs", "odd name.yaml"]).expect(4);
    let log = ran.json();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert!(results.len() >= 2, "{results:?}");
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let uri = |result: &Value| {
        let place = &result["locations"][0]["physicalLocation"];
        place["artifactLocation"]["uri"].as_str().unwrap().to_owned()
    };
    assert_eq!(uri(&results[0]), "defs/bad.yaml");
    assert_eq!(uri(results.last().unwrap()), "odd%20name.yaml");
    let clean = home.run(&["lint", "--format", "sarif", "defs/clean.yaml"]).expect(0).json();
    assert!(clean["runs"][0]["results"].as_array().unwrap().is_empty());
}

#[test]
fn one_file_of_several_that_cannot_be_read_is_a_finding() {
    let home = home();
    let targets = ["nowhere.yaml", "defs/clean.yaml", "nobody"];
    let ran = home.run(&[&["lint", "--format", "json"], &targets[..]].concat()).expect(4);
    let json = ran.json();
    let files: Vec<&str> =
        json["findings"].as_array().unwrap().iter().map(|f| f["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["nowhere.yaml", "nobody"]);
    assert_eq!(json["findings"][0]["rule"], "unreadable");
    home.run(&[&["lint"], &targets[..]].concat()).expect(4).prints("there is no app `nobody`");
}

#[test]
fn a_parents_mistake_is_told_once_however_many_children_it_has() {
    let home = Home::new();
    home.write("family/parent.yaml", &around("").replace("title: A", "title: A\ntitel: B"));
    for child in ["one", "two", "three"] {
        home.write(&format!("family/{child}.yaml"), "title: C\nextends: parent\n");
    }
    home.run(&["lint", "family"]).expect(4).prints("4 definitions: 1 error, 0 warnings");
    home.run(&["lint", "family/two.yaml"]).expect(4).prints("family/parent.yaml:2:1");
}
