//! The shortest way through: connect, look, call, leave.

use crate::support::Sandbox;

#[test]
fn an_app_is_connected_called_and_disconnected() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let connected = home
        .connect(&["sandbox-oauth2"])
        .expect(0)
        .says("Connected sandbox-oauth2 as ada@sandbox.test");
    assert!(connected.page.contains("is connected"), "{}", connected.page);
    home.run(&["accounts"]).expect(0).prints("ada@sandbox.test");
    home.run(&["call", "sandbox-oauth2", "/userinfo"]).expect(0).prints("Ada Lovelace");
    home.run(&["disconnect", "sandbox-oauth2"]).expect(0).says("revoked at the provider");
    assert_eq!(sandbox.state()["revocations"], 1);
    home.run(&["call", "sandbox-oauth2", "/userinfo"]).expect(3).says("is not connected");
}
