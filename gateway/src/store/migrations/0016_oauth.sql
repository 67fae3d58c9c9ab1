-- Programs that act for people by OAuth: MCP clients. What a program is comes from its registration (a row here), or from the
-- document at its client_id, which is no row. workspace_id is that of the admins who registered it; null for one that
-- registered itself, before anybody signed in: only the gateway's own work sees those.
create table oauth_clients (
  id text primary key,
  workspace_id text references workspaces (id),
  name text not null,
  redirect_uris jsonb not null,
  -- SHA-256; null for a program that can keep no secret.
  secret_hash bytea,
  created_at timestamptz not null default now()
);
create index oauth_clients_workspace on oauth_clients (workspace_id, id desc);
create index oauth_clients_age on oauth_clients (created_at) where workspace_id is null;

-- An access token of a program is a token, renewed with every refresh. This is the one path that it opens, /mcp or /mcp/ and a
-- toolset; null for a token that somebody made.
alter table tokens add resource text;

-- What a person allowed a program: one row per consent. id is also that of the token, which is made when the code is spent.
create table oauth_grants (
  id text primary key,
  workspace_id text not null,
  user_id text not null,
  client_id text not null,
  client_name text not null,
  -- Where the program is at home: the host of its document, or of its redirect URI.
  client_host text not null,
  resource text not null,
  toolset_id text,
  redirect_uri text not null,
  -- SHA-256 of the authorization code, and what its spender must know.
  code_hash bytea not null unique,
  code_challenge text not null,
  code_expires_at timestamptz not null,
  code_used_at timestamptz,
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  -- Whoever is no member any more has allowed nothing.
  foreign key (workspace_id, user_id) references members (workspace_id, user_id) on delete cascade
);
create index oauth_grants_list on oauth_grants (workspace_id, id desc);
create index oauth_grants_person on oauth_grants (workspace_id, user_id);
create index oauth_grants_client on oauth_grants (client_id);

-- hash is a SHA-256. A refresh token stays after its use: whoever brings it again has stolen it, or was stolen from.
create table oauth_refresh_tokens (
  hash bytea primary key,
  workspace_id text not null,
  grant_id text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  foreign key (workspace_id, grant_id) references oauth_grants (workspace_id, id) on delete cascade
);
create index oauth_refresh_tokens_grant on oauth_refresh_tokens (workspace_id, grant_id, expires_at);

do $$
declare t text;
begin
  foreach t in array array['oauth_clients', 'oauth_grants', 'oauth_refresh_tokens'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy workspace on %I using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id))', t);
  end loop;
end $$;
