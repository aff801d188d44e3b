//! The metadata, at every address where a client may look for it.

use super::*;

const OAUTH: &str = "/.well-known/oauth-authorization-server";
const OPENID: &str = "/.well-known/openid-configuration";

async fn get(to: SocketAddr, path: &str) -> String {
    send(to, &format!("GET {path}"), "", "").await
}

#[tokio::test]
async fn both_forms_of_both_documents_name_the_issuer_that_was_asked() {
    let to = sandbox(&[]).await;
    let tenant = format!("http://{to}/tenant/x");
    for (path, issuer) in [
        (OAUTH.to_owned(), format!("http://{to}")),
        (OPENID.to_owned(), format!("http://{to}")),
        (format!("{OAUTH}/tenant/x"), tenant.clone()),
        (format!("{OPENID}/tenant/x"), tenant.clone()),
        (format!("/tenant/x{OPENID}"), tenant),
    ] {
        let metadata = json(&get(to, &path).await);
        assert_eq!(metadata["issuer"], issuer, "{path}");
        assert_eq!(metadata["token_endpoint"], format!("{issuer}/token"));
        assert_eq!(metadata["userinfo_endpoint"], format!("http://{to}/userinfo"));
    }
}

#[tokio::test]
async fn every_endpoint_of_the_metadata_is_there() {
    let to = sandbox(&[]).await;
    for path in [OAUTH.to_owned(), format!("{OAUTH}/tenant/x")] {
        let metadata = json(&get(to, &path).await);
        let endpoints = metadata.as_object().unwrap().iter();
        let endpoints = endpoints.filter(|(name, _)| name.ends_with("_endpoint"));
        let mut seen = 0;
        for (name, url) in endpoints {
            let path = url.as_str().unwrap().strip_prefix(&format!("http://{to}")).unwrap();
            assert!(!get(to, path).await.starts_with("HTTP/1.1 404"), "{name}");
            seen += 1;
        }
        assert_eq!(seen, 8);
    }
}

#[tokio::test]
async fn a_tenant_answers_as_itself() {
    let to = sandbox(&[]).await;
    let line = format!(
        "GET /tenant/x/authorize?response_type=code&client_id=practice&redirect_uri={REDIRECT_URI}\
         &code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    let answer = send(to, &line, "", "").await;
    assert!(answer.contains("%2Ftenant%2Fx"), "{answer}");
    let body = format!(
        "client_id=practice&client_secret=practice-secret&grant_type=authorization_code&code={}\
         &redirect_uri={REDIRECT_URI}&code_verifier={VERIFIER}",
        between(&answer, "code=", '&')
    );
    let answer = send(to, "POST /tenant/x/token", FORM, &body).await;
    assert!(answer.contains("access_token"), "{answer}");
}

#[tokio::test]
async fn metadata_misbehaves() {
    let to = sandbox(&[Misbehaviour::MetadataIssuer, Misbehaviour::NoOauthMetadata]).await;
    assert!(get(to, OAUTH).await.starts_with("HTTP/1.1 404"));
    assert_eq!(json(&get(to, OPENID).await)["issuer"], "https://attacker.example");
}
