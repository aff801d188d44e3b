//! The device grant over its three endpoints.

use super::*;

const CLIENT: &str = "client_id=practice-public";

struct Device {
    to: SocketAddr,
    device_code: String,
    user_code: String,
}

impl Device {
    async fn start(to: SocketAddr) -> Self {
        let body = format!("{CLIENT}&scope=profile+email");
        let answer = send(to, "POST /device_authorization", FORM, &body).await;
        assert!(answer.contains(r#""expires_in":600,"interval":"#), "{answer}");
        assert!(answer.contains("cache-control: no-store"), "{answer}");
        let complete = format!("http://{to}/device?user_code={}", member(&answer, "user_code"));
        assert_eq!(member(&answer, "verification_uri_complete"), complete);
        Self {
            to,
            device_code: member(&answer, "device_code").to_owned(),
            user_code: member(&answer, "user_code").to_owned(),
        }
    }

    async fn poll(&self) -> String {
        let grant_type = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code";
        let body = format!("{CLIENT}&grant_type={grant_type}&device_code={}", self.device_code);
        send(self.to, "POST /token", FORM, &body).await
    }

    /// Types the user code and decides.
    async fn decide(&self, decision: &str) -> String {
        let typed = self.user_code.to_lowercase().replace('-', "+");
        let page = send(self.to, &format!("GET /device?user_code={typed}"), "", "").await;
        assert!(page.contains(&self.user_code) && page.contains("See your email"), "{page}");
        let id = between(&page, "name=\"request\" value=\"", '"');
        let form = format!("request={id}&person=grace&decision={decision}");
        let own = format!("{FORM}Origin: http://{}\r\n", self.to);
        send(self.to, "POST /device/decide", &own, &form).await
    }
}

/// With an interval of zero nobody is too fast.
async fn patient(misbehaviours: &[Misbehaviour], agrees: bool) -> Device {
    let misbehaviours = misbehaviours.to_vec();
    let options = Options { port: 0, interval: 0, agrees, misbehaviours, ..Options::default() };
    Device::start(serve(options).await).await
}

#[tokio::test]
async fn a_device_is_let_in_by_whoever_types_its_code() {
    let device = patient(&[], false).await;
    assert!(device.poll().await.contains("authorization_pending"));
    assert!(device.decide("allow").await.contains("is let in"));
    let answer = device.poll().await;
    let access_token = member(&answer, "access_token");
    assert!(user_info(device.to, access_token).await.contains("grace@sandbox.test"));
    assert!(answer.contains("refresh_token"), "{answer}");
    assert!(device.poll().await.contains("invalid_grant"), "the code works once");
}

#[tokio::test]
async fn a_refused_device_hears_of_it() {
    let device = patient(&[], false).await;
    assert!(device.decide("deny").await.contains("is not let in"));
    assert!(device.poll().await.contains("access_denied"));
}

#[tokio::test]
async fn a_wrong_user_code_leads_nowhere() {
    let device = patient(&[], false).await;
    let page = send(device.to, "GET /device?user_code=BBBB-BBBB", "", "").await;
    assert!(page.contains("No device waits") && page.contains("name=\"user_code\""), "{page}");
    let foreign = format!("{FORM}Origin: https://evil.example\r\n");
    let answer = send(device.to, "POST /device/decide", &foreign, "decision=allow").await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

#[tokio::test]
async fn a_sandbox_that_agrees_lets_the_device_wait_once() {
    let device = patient(&[], true).await;
    assert!(device.poll().await.contains("authorization_pending"));
    let answer = device.poll().await;
    assert!(
        user_info(device.to, member(&answer, "access_token")).await.contains("ada@sandbox.test")
    );
}

#[tokio::test]
async fn two_polls_within_the_interval_are_too_fast() {
    let device = Device::start(sandbox(&[]).await).await;
    assert!(device.poll().await.contains("authorization_pending"));
    let answer = device.poll().await;
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("slow_down"), "{answer}");
}

#[tokio::test]
async fn a_device_meets_every_misbehaviour() {
    for (misbehaviour, error) in [
        (Misbehaviour::SlowDown, "slow_down"),
        (Misbehaviour::DeviceExpired, "expired_token"),
        (Misbehaviour::DeviceDenied, "access_denied"),
    ] {
        let device = patient(&[misbehaviour], true).await;
        assert!(device.poll().await.contains(error), "{error}");
    }
}
