//! The configuration file: every setting, where its value comes from, and what goes before what.

use crate::support::{Home, Sandbox};

fn home() -> Home {
    Home::new()
}

/// The value of a setting, and where it comes from.
fn told(home: &Home, key: &str) -> (String, String) {
    let list = home.run(&["config", "--json"]).expect(0).json();
    let settings = list["settings"].as_array().unwrap().clone();
    let found =
        settings.iter().find(|setting| setting["key"] == key).unwrap_or_else(|| panic!("{key}"));
    let text = |name: &str| found[name].as_str().unwrap_or("-").to_owned();
    (text("value"), text("from"))
}

fn pair(value: &str, from: &str) -> (String, String) {
    (value.to_owned(), from.to_owned())
}

#[test]
fn every_setting_has_a_value_and_says_where_it_comes_from() {
    let home = home();
    home.write("home/config.yaml", "color: never\ntimeout: 7\ncall:\n  timeout: 5\n");
    assert_eq!(told(&home, "color"), pair("never", "config.yaml, line 1"));
    assert_eq!(told(&home, "call.timeout"), pair("5", "config.yaml, line 4"));
    assert_eq!(told(&home, "token.timeout"), pair("7", "config.yaml, line 2"));
    assert_eq!(told(&home, "token.min-validity"), pair("60", "default"));
    assert_eq!(told(&home, "store"), pair("file", "environment, TIELINE_STORE"));
    assert_eq!(told(&home, "browser"), pair("-", "default"));
    home.run(&["config"]).expect(0).prints("proxy.port").prints("config.yaml, line 4");
}

#[test]
fn a_flag_goes_before_the_environment_and_that_before_the_file() {
    let home = home();
    home.write("home/config.yaml", "store: env\ncolor: always\n");
    let colors = |home: &Home, flags: &[&str]| {
        home.run(&[&["config"], flags].concat()).expect(0).stdout.contains("\u{1b}[")
    };
    assert!(colors(&home, &[]));
    assert!(!colors(&home, &["--color", "never"]));
    let home = home.set("NO_COLOR", "1");
    assert!(!colors(&home, &[]));
    // TIELINE_STORE says file.
    home.run(&["connect", "sandbox-api-key"]).expect(2).says("needs `api_key`");
    let home = home.set("TIELINE_STORE", "");
    home.run(&["connect", "sandbox-api-key"]).expect(2).says("nothing can be stored");
    home.run(&["connect", "sandbox-api-key", "--store", "file"]).expect(2).says("needs `api_key`");
}

#[test]
fn the_default_of_a_flag_can_be_set_for_all_commands_and_for_one() {
    let home = Sandbox::start(&[]).home();
    home.write("home/config.yaml", "timeout: 7\nproxy:\n  port: 99999\n");
    let help = |command: &[&str]| home.run(&[command, &["--help"]].concat()).expect(0).stdout;
    assert!(help(&["token"]).contains("[default: 7]"), "{}", help(&["token"]));
    assert!(help(&["exec"]).contains("[default: 7]"));
    home.run(&["proxy", "sandbox-api-key"]).expect(2).says("99999");
}

#[test]
fn what_is_set_for_all_commands_holds_for_those_beneath_another() {
    let home = home();
    home.write("home/config.yaml", "timeout: 7\nno-browser: true\n");
    let help = home.run(&["client", "set", "--help"]).expect(0).stdout;
    assert!(help.contains("[default: 7]") && help.contains("[default: true]"), "{help}");
}

#[test]
fn a_switch_that_is_set_can_be_turned_off_for_once() {
    let home = Home::new().set("TIELINE_STORE", "").set("LANG", "C.UTF-8");
    home.run(&["config", "set", "ascii", "true"]).expect(0);
    home.run(&["config", "set", "timeout", "9"]).expect(0).says("+ timeout is 9 from now on");
    let shown = home.run(&["config", "set", "timeout", "9", "--ascii=false"]).expect(0);
    shown.says("✓ timeout");
}

#[test]
fn set_and_unset_leave_comments_alone() {
    let home = home();
    let file = home.write("home/config.yaml", "# mine\ncolor: never # always\n");
    home.run(&["config", "set", "call.timeout", "90"]).expect(0).says("call.timeout is 90");
    home.run(&["config", "set", "color", "auto"]).expect(0);
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text, "# mine\ncolor: auto # always\ncall:\n  timeout: 90\n");
    home.run(&["config", "unset", "call.timeout"]).expect(0).says("what it is by default");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "# mine\ncolor: auto # always\n");
    home.run(&["config", "set", "browser", "firefox --new-window %s"]).expect(0);
    assert_eq!(told(&home, "browser").0, "firefox --new-window %s");
    let printed = home.run(&["config", "path"]).expect(0).stdout;
    assert_eq!(printed.trim(), file.display().to_string());
}

#[test]
fn what_does_not_fit_is_said_with_what_does() {
    let home = home();
    home.run(&["config", "set", "colour", "never"]).expect(2).says("did you mean `color`?");
    home.run(&["config", "set", "color", "red"]).expect(2).says("one of auto, always, never");
    home.run(&["config", "set", "call.timeout", "long"])
        .expect(2)
        .says("`long` is no whole number");
    home.run(&["config", "set", "ascii", "maybe"]).expect(2).says("is neither true nor false");
    home.run(&["config", "set", "store", "env"]).expect(0).says("goes before the file");
    assert!(!home.path().join("home/config.yaml.tmp").exists());
}

#[test]
fn a_wrong_file_stops_every_command_but_those_that_mend_it() {
    let home = home();
    home.write("home/config.yaml", "\ncolur: never\n");
    let ran = home.run(&["accounts"]).expect(2).says("config.yaml` is wrong");
    ran.says("line 2: `colur` is no setting").says("did you mean `color`?");
    home.run(&["--help"]).expect(0);
    home.run(&["config", "path"]).expect(0);
    home.write("home/config.yaml", "color: [never]\n");
    home.run(&["accounts"]).expect(2).says("line 1: `color` has one value");
    home.write("home/config.yaml", "color: {{\n");
    home.run(&["accounts"]).expect(2).says("run `tieline config edit`");
}

#[test]
fn the_editor_is_the_persons_own() {
    let home = home();
    let editor =
        home.write("editor", "#!/bin/sh\n[ \"$1\" = --wait ] && echo \"$LINE\" >> \"$2\"\n");
    std::fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let home =
        home.set("EDITOR", format!("{} --wait", editor.display())).set("PATH", "/usr/bin:/bin");
    let home = home.set("LINE", "color: never");
    home.run(&["config", "edit"]).expect(0);
    assert_eq!(told(&home, "color").0, "never");
    let home = home.set("LINE", "timeout: long");
    home.run(&["config", "edit"]).expect(2).says("is no whole number, which `timeout` has to be");
    let home = home.set("EDITOR", "/nowhere/vi");
    home.run(&["config", "edit"]).expect(1).says("`/nowhere/vi` cannot be started");
}

#[test]
fn the_schema_takes_what_the_program_takes() {
    let home = home();
    let schema = home.run(&["config", "schema"]).expect(0).json();
    assert_eq!(
        schema["properties"]["color"]["enum"],
        serde_json::json!(["auto", "always", "never"])
    );
    assert_eq!(schema["properties"]["proxy"]["properties"]["port"]["type"], "integer");
    let list = home.run(&["config", "--json"]).expect(0).json();
    for setting in list["settings"].as_array().unwrap() {
        let key = setting["key"].as_str().unwrap();
        let property = match key.split_once('.') {
            None => &schema["properties"][key],
            Some((command, name)) => &schema["properties"][command]["properties"][name],
        };
        assert!(property.is_object(), "{key}");
        assert!(!setting["meaning"].as_str().unwrap().is_empty(), "{key} says nothing");
    }
    assert_eq!(schema["additionalProperties"], false);
}
