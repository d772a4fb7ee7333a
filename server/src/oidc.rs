//! Signing in at an OpenID provider: authorisation code with PKCE, discovery, keys, nonce. Blocking: callers run it where that is allowed.

mod claims;
mod wire;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret,
    CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl,
    LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse,
    UserInfoClaims,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
        CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};

pub use claims::{ClaimsError, Person};

use self::{claims::Claims, wire::Wire};
use crate::config;

/// How long what a provider says of itself, and its keys, are believed.
const KNOWN_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// Fewest time between two looks for a key that is not known: a forged token must not make this server ask all the time.
const KEYS_ANEW_EVERY: Duration = Duration::from_secs(5);
/// Where the provider sends people back to.
pub const CALLBACK: &str = "/sign-in/oidc/callback";

type TokenFields = IdTokenFields<
    Claims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

type Answer = StandardTokenResponse<TokenFields, CoreTokenType>;

type Party = Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Answer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why nobody can be signed in there.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// A setting that cannot be used.
    #[error("配置项 {key}：{detail}")]
    Setting {
        /// The key.
        key: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// The provider does not answer, or not as it should.
    #[error("统一登录服务 {issuer} 没有正确应答：{detail}")]
    Provider {
        /// Which.
        issuer: String,
        /// What was found.
        detail: String,
    },
    /// It answered, and what it said does not hold.
    #[error("统一登录服务返回的身份令牌不可信：{0}")]
    Untrusted(String),
    /// It says who somebody is, and that makes no account here.
    #[error(transparent)]
    Claims(#[from] ClaimsError),
}

/// Why a token does not hold.
enum Unverified {
    /// Its signature, by the keys that are known.
    Key(OidcError),
    /// Anything else about it.
    Other(OidcError),
}

impl From<Unverified> for OidcError {
    fn from(unverified: Unverified) -> Self {
        match unverified {
            Unverified::Key(error) | Unverified::Other(error) => error,
        }
    }
}

/// What a way in needs to be finished; kept until the browser comes back.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// Comes back with it.
    pub state: String,
    /// Comes back in the token.
    pub nonce: String,
    /// Proves to the provider that the one who asks is the one who began.
    pub verifier: String,
}

/// A provider, as configured.
pub struct Provider {
    settings: config::Oidc,
    issuer: IssuerUrl,
    secret: Option<ClientSecret>,
    redirect: RedirectUrl,
    left: PostLogoutRedirectUrl,
    wire: Wire,
    known: Mutex<Option<Known>>,
    /// When a key that was not known was last looked for; held while one is.
    anew: Mutex<Option<Instant>>,
}

#[derive(Clone)]
struct Known {
    at: Instant,
    metadata: Arc<ProviderMetadataWithLogout>,
}

impl Provider {
    /// The provider of the configuration; `None` where none is configured. `address` is where people reach this server.
    ///
    /// # Errors
    /// A file that cannot be read, an address that is none.
    pub fn open(settings: &config::Oidc, address: &str) -> Result<Option<Self>, OidcError> {
        if settings.issuer.is_empty() {
            return Ok(None);
        }
        let wrong =
            |key| move |detail: openidconnect::url::ParseError| OidcError::Setting { key, detail: detail.to_string() };
        let secret = settings.client_secret_file.as_deref().map(|file| read("oidc.client_secret_file", file));
        let secret = secret.transpose()?.map(|secret| ClientSecret::new(secret.trim().to_owned()));
        let authorities = settings.ca_file.as_deref().map(|file| read("oidc.ca_file", file)).transpose()?;
        Ok(Some(Self {
            issuer: IssuerUrl::new(settings.issuer.clone()).map_err(wrong("oidc.issuer"))?,
            secret,
            redirect: RedirectUrl::new(format!("{address}{CALLBACK}")).map_err(wrong("server.public_url"))?,
            left: PostLogoutRedirectUrl::new(format!("{address}/sign-in")).map_err(wrong("server.public_url"))?,
            wire: Wire::new(authorities.as_deref(), Duration::from_millis(settings.timeout_ms))
                .map_err(|detail| OidcError::Setting { key: "oidc.ca_file", detail })?,
            known: Mutex::default(),
            anew: Mutex::default(),
            settings: settings.clone(),
        }))
    }

    /// What the button says.
    pub fn label(&self) -> &str {
        &self.settings.label
    }

    /// Which provider this is.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Begins a way in.
    ///
    /// # Errors
    /// The provider cannot be asked how.
    pub fn begin(&self) -> Result<Begun, OidcError> {
        let party = self.party(&self.known()?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let mut asked =
            party.authorize_url(flow, CsrfToken::new_random, Nonce::new_random).set_pkce_challenge(challenge);
        // `openid` is always asked for by the library.
        for scope in self.settings.scopes.iter().filter(|scope| *scope != "openid") {
            asked = asked.add_scope(Scope::new(scope.clone()));
        }
        let (url, state, nonce) = asked.url();
        Ok(Begun {
            url: url.to_string(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    /// Who came back with `code`.
    ///
    /// # Errors
    /// The provider does not answer, its token does not hold, or the claims make no account.
    pub fn finish(&self, code: String, verifier: String, nonce: String) -> Result<Person, OidcError> {
        let known = self.known()?;
        let party = self.party(&known);
        let asked = party.exchange_code(AuthorizationCode::new(code)).map_err(|e| self.trouble(&e))?;
        let answer = asked.set_pkce_verifier(PkceCodeVerifier::new(verifier)).request(&|r| self.wire.send(r));
        let answer = answer.map_err(|e| self.trouble(&e))?;
        let nonce = Nonce::new(nonce);
        let (subject, mut told) = match self.verified(&party, &answer, &nonce) {
            // Keys are replaced at any time: whoever has old ones asks once more.
            Err(Unverified::Key(error)) => match self.keys_since(&known)? {
                Some(newer) => self.verified(&self.party(&newer), &answer, &nonce).map_err(OidcError::from)?,
                None => return Err(error),
            },
            found => found.map_err(OidcError::from)?,
        };
        if !claims::has(&told, &self.settings) {
            told.extend(self.user_info(&party, answer.access_token().clone(), &subject)?);
        }
        Ok(claims::person(&subject, &told, &self.settings)?)
    }

    /// Where a browser signs out of the provider, too; `None` where it has no such place.
    ///
    /// # Errors
    /// The provider cannot be asked.
    pub fn way_out(&self) -> Result<Option<String>, OidcError> {
        let known = self.known()?;
        let Some(place) = known.metadata.additional_metadata().end_session_endpoint.clone() else { return Ok(None) };
        let client = ClientId::new(self.settings.client_id.clone());
        let request = LogoutRequest::from(place).set_client_id(client).set_post_logout_redirect_uri(self.left.clone());
        Ok(Some(request.http_get_url().to_string()))
    }

    /// Subject and claims of the token, once everything about it holds.
    fn verified(&self, party: &Party, answer: &Answer, nonce: &Nonce) -> Result<(String, claims::Told), Unverified> {
        let untrusted = |detail: String| Unverified::Other(OidcError::Untrusted(detail));
        let token = answer.id_token().ok_or_else(|| untrusted("没有 id_token".into()))?;
        let verifier = party.id_token_verifier();
        let held = token.claims(&verifier, nonce).map_err(|error| {
            let told = OidcError::Untrusted(wire::chain(&error));
            match error {
                ClaimsVerificationError::SignatureVerification(_) => Unverified::Key(told),
                _ => Unverified::Other(told),
            }
        })?;
        if let Some(expected) = held.access_token_hash() {
            let signed = token.signing_alg().map_err(|e| untrusted(e.to_string()))?;
            let key = token.signing_key(&verifier).map_err(|e| untrusted(e.to_string()))?;
            let actual = AccessTokenHash::from_token(answer.access_token(), signed, key);
            if actual.map_err(|e| untrusted(e.to_string()))? != *expected {
                return Err(untrusted("at_hash 不符".into()));
            }
        }
        // What the library reads itself is not among the others.
        let mut told = held.additional_claims().0.clone();
        let known = [
            ("preferred_username", held.preferred_username().map(|name| name.as_str().to_owned())),
            ("email", held.email().map(|email| email.as_str().to_owned())),
            ("sub", Some(held.subject().as_str().to_owned())),
        ];
        told.extend(known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))));
        Ok((held.subject().as_str().to_owned(), told))
    }

    /// What the provider tells besides the token.
    fn user_info(&self, party: &Party, token: AccessToken, subject: &str) -> Result<claims::Told, OidcError> {
        let expected = openidconnect::SubjectIdentifier::new(subject.to_owned());
        let Ok(request) = party.user_info(token, Some(expected)) else { return Ok(claims::Told::new()) };
        let told: UserInfoClaims<Claims, CoreGenderClaim> =
            request.request(&|r| self.wire.send(r)).map_err(|e| self.trouble(&e))?;
        let mut all = told.additional_claims().0.clone();
        let known = [
            ("preferred_username", told.preferred_username().map(|name| name.as_str().to_owned())),
            ("email", told.email().map(|email| email.as_str().to_owned())),
        ];
        all.extend(known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))));
        Ok(all)
    }

    fn party(&self, known: &Known) -> Party {
        let client = ClientId::new(self.settings.client_id.clone());
        let metadata = ProviderMetadataWithLogout::clone(&known.metadata);
        Party::from_provider_metadata(metadata, client, self.secret.clone()).set_redirect_uri(self.redirect.clone())
    }

    /// What the provider says of itself, not older than [`KNOWN_LIFETIME`].
    fn known(&self) -> Result<Known, OidcError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match known.filter(|known| known.at.elapsed() < KNOWN_LIFETIME) {
            Some(known) => Ok(known),
            None => self.ask(),
        }
    }

    /// What is known since `used` was: from whoever asked meanwhile, or asked for now; `None` while that would be too often.
    fn keys_since(&self, used: &Known) -> Result<Option<Known>, OidcError> {
        let mut anew = self.anew.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.known()?;
        if known.at > used.at {
            return Ok(Some(known));
        }
        if anew.is_some_and(|last| last.elapsed() < KEYS_ANEW_EVERY) {
            return Ok(None);
        }
        *anew = Some(Instant::now());
        self.ask().map(Some)
    }

    fn ask(&self) -> Result<Known, OidcError> {
        let found = ProviderMetadataWithLogout::discover(&self.issuer, &|request| self.wire.send(request));
        let metadata = Arc::new(found.map_err(|e| self.trouble(&e))?);
        let known = Known { at: Instant::now(), metadata };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }

    fn trouble(&self, error: &(dyn std::error::Error + 'static)) -> OidcError {
        OidcError::Provider { issuer: self.settings.issuer.clone(), detail: wire::chain(error) }
    }
}

fn read(key: &'static str, path: &Path) -> Result<String, OidcError> {
    let wrong = |error| OidcError::Setting { key, detail: format!("读不到 {}：{error}", path.display()) };
    std::fs::read_to_string(path).map_err(wrong)
}
