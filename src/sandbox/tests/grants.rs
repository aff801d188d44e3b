//! The grants that need no person and no browser.

use super::*;

const EXCHANGE: &str = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange";
const ACCESS_TOKEN: &str = "urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token";

#[tokio::test]
async fn a_client_speaks_for_itself_without_a_refresh_token() {
    let to = sandbox(&[]).await;
    let answer = token(to, "grant_type=client_credentials&scope=notes.read").await;
    assert!(!answer.contains("refresh_token"), "{answer}");
    let info = user_info(to, member(&answer, "access_token")).await;
    assert!(info.contains(r#""sub":"practice""#) && info.contains("notes.read"), "{info}");
    let public = "client_id=practice-public&grant_type=client_credentials";
    assert!(send(to, "POST /token", FORM, public).await.contains("unauthorized_client"));
    assert!(token(to, "grant_type=client_credentials&scope=nope").await.contains("invalid_scope"));
}

#[tokio::test]
async fn a_password_is_good_for_tokens_of_its_owner_only() {
    let to = sandbox(&[]).await;
    let answer = token(to, "grant_type=password&username=ada&password=practice-password").await;
    assert!(user_info(to, member(&answer, "access_token")).await.contains("ada@sandbox.test"));
    let again = refresh(to, member(&answer, "refresh_token")).await;
    assert!(again.contains("access_token"), "{again}");
    let wrong = token(to, "grant_type=password&username=ada&password=nope").await;
    assert!(wrong.contains("invalid_grant"), "{wrong}");
    let url = "POST /token?password=practice-password";
    assert!(send(to, url, FORM, "grant_type=password").await.contains("must not be in the URL"));
}

#[tokio::test]
async fn account_credentials_name_the_account() {
    let to = sandbox(&[]).await;
    let answer = token(to, "grant_type=account_credentials&account_id=practice-account").await;
    assert!(user_info(to, member(&answer, "access_token")).await.contains("ada@sandbox.test"));
    for (account, error) in [("&account_id=other", "invalid_grant"), ("", "invalid_request")] {
        let answer = token(to, &format!("grant_type=account_credentials{account}")).await;
        assert!(answer.contains(error), "{answer}");
    }
}

#[tokio::test]
async fn a_token_is_exchanged_for_one_with_less() {
    let to = sandbox(&[]).await;
    let answer = exchange(to, between(&redirect(to).await, "code=", '&')).await;
    let subject = format!(
        "{EXCHANGE}&subject_token={}&subject_token_type={ACCESS_TOKEN}",
        member(&answer, "access_token")
    );
    let answer = token(to, &format!("{subject}&scope=email")).await;
    assert!(
        answer.contains(r#""issued_token_type":"urn:ietf:params:oauth:token-type:access_token""#)
    );
    assert!(!answer.contains("refresh_token"), "{answer}");
    let info = user_info(to, member(&answer, "access_token")).await;
    assert!(info.contains("ada@sandbox.test") && info.contains(r#""scope":"email""#), "{info}");
    for (more, error) in [
        ("&scope=notes.write", "invalid_scope"),
        ("&requested_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt", "invalid_request"),
        ("&actor_token=x", "invalid_request"),
    ] {
        let answer = token(to, &format!("{subject}{more}")).await;
        assert!(answer.contains(error), "{more}: {answer}");
    }
    let unknown = format!("{EXCHANGE}&subject_token=x&subject_token_type={ACCESS_TOKEN}");
    assert!(token(to, &unknown).await.contains("invalid_request"));
}
