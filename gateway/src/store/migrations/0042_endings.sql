-- When a credential comes to its end for good, as far as that is known: of a client certificate, of a refresh token, or of an
-- access token that nothing renews. People are told before.
alter table connections add credential_ends_at timestamptz;
alter table upstream_grants add ends_at timestamptz;
