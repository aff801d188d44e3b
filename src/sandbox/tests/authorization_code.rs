//! The authorization code grant, its refreshes and its page.

use super::*;

#[tokio::test]
async fn a_replayed_code_revokes_what_it_gave() {
    let to = sandbox(&[]).await;
    let redirect = redirect(to).await;
    assert!(redirect.starts_with("HTTP/1.1 303"), "{redirect}");
    assert!(redirect.contains("state=s1") && redirect.contains("iss=http%3A%2F%2F127.0.0.1"));
    let code = between(&redirect, "code=", '&');
    let answer = exchange(to, code).await;
    assert!(answer.contains("cache-control: no-store"), "{answer}");
    let access_token = member(&answer, "access_token");
    assert!(user_info(to, access_token).await.contains("ada@sandbox.test"));
    assert!(exchange(to, code).await.contains("invalid_grant"));
    assert!(user_info(to, access_token).await.contains("invalid_token"));
}

#[tokio::test]
async fn a_replayed_refresh_token_revokes_its_family() {
    let to = sandbox(&[]).await;
    let answer = exchange(to, between(&redirect(to).await, "code=", '&')).await;
    let first = member(&answer, "refresh_token");
    let wider = format!("grant_type=refresh_token&scope=notes.read&refresh_token={first}");
    assert!(token(to, &wider).await.contains("invalid_scope"));
    let answer = refresh(to, first).await;
    let second = member(&answer, "refresh_token");
    assert!(refresh(to, first).await.contains("invalid_grant"));
    assert!(refresh(to, second).await.contains("invalid_grant"));
    assert!(user_info(to, member(&answer, "access_token")).await.contains("401"));
}

#[tokio::test]
async fn a_dropped_refresh_still_spends_the_token() {
    let to = sandbox(&[Misbehaviour::DropAfterRefresh]).await;
    let answer = exchange(to, between(&redirect(to).await, "code=", '&')).await;
    let refresh_token = member(&answer, "refresh_token");
    let dropped = refresh(to, refresh_token).await;
    assert!(!dropped.contains("access_token"), "{dropped}");
    assert!(refresh(to, refresh_token).await.contains("used before"));
}

#[tokio::test]
async fn a_page_decides_once_and_only_for_its_own_origin() {
    let to = serve(Options { port: 0, ..Options::default() }).await;
    let page = redirect(to).await;
    let id = between(&page, "name=\"request\" value=\"", '"');
    let form = format!("request={id}&person=grace&decision=allow");
    let foreign = format!("{FORM}Origin: https://evil.example\r\n");
    assert!(send(to, "POST /authorize/decide", &foreign, &form).await.contains("403"));
    let own = format!("{FORM}Origin: http://{to}\r\n");
    let redirect = send(to, "POST /authorize/decide", &own, &form).await;
    let answer = exchange(to, between(&redirect, "code=", '&')).await;
    assert!(user_info(to, member(&answer, "access_token")).await.contains("grace@sandbox.test"));
    let again = send(to, "POST /authorize/decide", &own, &form).await;
    assert!(again.starts_with("HTTP/1.1 400"), "{again}");
}

#[tokio::test]
async fn a_revoked_refresh_token_takes_its_access_token_with_it() {
    let to = sandbox(&[]).await;
    let answer = exchange(to, between(&redirect(to).await, "code=", '&')).await;
    let (access_token, refresh_token) =
        (member(&answer, "access_token"), member(&answer, "refresh_token"));
    let body = format!("client_id=practice&client_secret=practice-secret&token={refresh_token}");
    assert!(send(to, "POST /revoke", FORM, &body).await.starts_with("HTTP/1.1 200"));
    assert!(user_info(to, access_token).await.contains("was revoked"));
    assert!(refresh(to, refresh_token).await.contains("invalid_grant"));
}
