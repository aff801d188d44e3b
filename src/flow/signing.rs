//! Signing a request as a whole, last of all, and sending it with what proves possession of a key.

use super::assertion::{Subject, sign_assertion};
use super::failure::FlowError;
use super::session::Session;
use crate::answer::Answer;
use crate::context::now;
use crate::definition::{AwsSigV4, OAuth1Signature, Signature};
use crate::oauth1;
use crate::request::{Request, RequestError};
use crate::secret::Secret;
use crate::signature::aws_sigv4;
use crate::template::{Scope, Template};

impl Session<'_> {
    /// Makes ready what stands beneath every request of this session: the client's certificate.
    ///
    /// # Errors
    /// The certificate or its key is missing or none.
    pub fn make_ready(&self) -> Result<(), FlowError> {
        let Some(tls) = &self.auth.tls else { return Ok(()) };
        let scope = self.scope();
        let pem = format!("{}\n{}\n", tls.certificate.require(&scope)?, tls.key.require(&scope)?);
        Ok(self.http.identify(&Secret::from(pem))?)
    }

    /// Signs a request, where its placement says so. Nothing about it may change afterwards.
    ///
    /// # Errors
    /// A value is missing, or the key cannot sign.
    pub fn sign(
        &self,
        request: &mut Request,
        signature: Option<&Signature>,
        scope: &Scope,
    ) -> Result<(), FlowError> {
        match signature {
            None => Ok(()),
            Some(Signature::AwsSigV4(aws)) => sign_aws(request, aws, scope),
            Some(Signature::Jwt(assertion)) => {
                let token = sign_assertion(assertion, Subject::default(), scope)?;
                self.http.learn("jwt", &token);
                Ok(request.set_header("authorization", &format!("Bearer {}", token.expose()))?)
            }
            Some(Signature::OAuth1(values)) => sign_oauth1(request, values, &[], scope),
        }
    }

    /// Sends a request and reads its answer. Where tokens are bound to a key, it proves possession of
    /// it, and once more if the server wants its nonce in the proof; `token_bound` says that the
    /// request carries the access token.
    ///
    /// # Errors
    /// There is no answer, or the key cannot sign.
    pub async fn send(
        &self,
        purpose: &str,
        request: &mut Request,
        token_bound: bool,
    ) -> Result<Answer, FlowError> {
        let Some(dpop) = &self.dpop else {
            return Ok(self.http.send(purpose, request, &self.hosts).await?);
        };
        let token = self.credential.access_token.as_ref().filter(|_| token_bound);
        dpop.prove(request, token)?;
        let answer = self.http.send(purpose, request, &self.hosts).await?;
        if !dpop.note(request, &answer) {
            return Ok(answer);
        }
        self.http.note("the server wants its nonce in the proof (RFC 9449, section 8)");
        dpop.prove(request, token)?;
        let answer = self.http.send(purpose, request, &self.hosts).await?;
        dpop.note(request, &answer);
        Ok(answer)
    }
}

fn sign_aws(request: &mut Request, aws: &AwsSigV4, scope: &Scope) -> Result<(), FlowError> {
    let session_token = match &aws.session_token {
        Some(template) => template.render(scope)?.map(Secret::from),
        None => None,
    };
    let credentials = aws_sigv4::Credentials {
        access_key_id: aws.access_key_id.require(scope)?,
        secret_access_key: Secret::from(aws.secret_access_key.require(scope)?),
        session_token,
    };
    let (region, service) = (aws.region.require(scope)?, aws.service.require(scope)?);
    let target = aws_sigv4::Target { region: &region, service: &service };
    aws_sigv4::sign(request, &credentials, &target, now())
        .map_err(|error| FlowError::Signature(error.to_string()))
}

/// Signs a request by OAuth 1.0a. `extra` are further `oauth_` parameters, such as the callback.
pub(super) fn sign_oauth1(
    request: &mut Request,
    values: &OAuth1Signature,
    extra: &[(&str, &str)],
    scope: &Scope,
) -> Result<(), FlowError> {
    let text = |template: &Template| template.render(scope);
    let secret = |template: &Template| -> Result<Option<Secret>, FlowError> {
        Ok(text(template)?.map(Secret::from))
    };
    let consumer_key = text(&values.consumer_key)?;
    let realm = match &values.signing.realm {
        Some(template) => template.render(scope)?,
        None => None,
    };
    let credentials = oauth1::Credentials {
        consumer_key: consumer_key.ok_or_else(|| missing("client_id"))?,
        consumer_secret: secret(&values.consumer_secret)?,
        token: secret(&values.token)?,
        token_secret: secret(&values.token_secret)?,
    };
    let options = oauth1::Options {
        method: values.signing.method,
        realm: realm.as_deref(),
        parameters_in: values.signing.parameters_in,
    };
    let moment = oauth1::Moment { timestamp: now(), nonce: scope.random() };
    oauth1::sign(request, &credentials, &options, extra, &moment)
        .map_err(|error| FlowError::Signature(error.to_string()))
}

fn missing(name: &str) -> RequestError {
    RequestError::Render(crate::template::RenderError::Empty {
        name: name.to_owned(),
        template: format!("{{{{{name}}}}}"),
    })
}
