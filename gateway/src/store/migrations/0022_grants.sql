-- What the gateway obtained from somebody else for a connection and renews by itself: tokens of OAuth, a session. Connections
-- of one family share one where a person consented once.
create table upstream_grants (
  id text primary key,
  workspace_id text not null references workspaces (id),
  -- The OAuth app that it was obtained with; null for a client of the connection's own.
  app_id text,
  -- Null before the first was obtained.
  fields bytea,
  fields_key_id text,
  -- Grows with every renewal: whoever writes names the one it renewed.
  version integer not null default 0,
  -- By the clock of the database, which all gateways share. expires_at is null when nobody said how long it counts.
  obtained_at timestamptz,
  expires_at timestamptz,
  scopes jsonb not null default '[]',
  -- Whose account it is at the provider, where that tells.
  subject text,
  -- Why it cannot be renewed any more; null while it can.
  lost text,
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  constraint upstream_grants_fields_key
    foreign key (workspace_id, fields_key_id) references workspace_keys (workspace_id, key_id)
);
create index upstream_grants_app on upstream_grants (workspace_id, app_id);

alter table connections add grant_id text;
alter table connections add constraint connections_grant
  foreign key (workspace_id, grant_id) references upstream_grants (workspace_id, id);
-- The scopes of OAuth that were chosen; null for those that the connector asks for.
alter table connections add scopes jsonb;
create index connections_grant_id on connections (workspace_id, grant_id) where grant_id is not null;

-- Apps that a workspace registered at providers: one serves a connector, or all connectors of a family.
create table oauth_apps (
  id text primary key,
  workspace_id text not null references workspaces (id),
  name text not null,
  family text,
  connector text,
  client_id text not null,
  secret bytea,
  secret_key_id text,
  secret_version integer not null default 1,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((family is null) <> (connector is null)),
  unique (workspace_id, id),
  constraint oauth_apps_family unique (workspace_id, family),
  constraint oauth_apps_connector unique (workspace_id, connector),
  constraint oauth_apps_secret_key
    foreign key (workspace_id, secret_key_id) references workspace_keys (workspace_id, key_id)
);

-- Consents under way: what the callback, or the next question about a device code, must know. Each counts once.
create table oauth_flows (
  id text primary key,
  workspace_id text not null,
  connection_id text not null references connections (id) on delete cascade,
  -- SHA-256 of the state; null for a device code, which has none.
  state_hash bytea unique,
  -- The person in whose session it began; null for one that a token began.
  user_id text,
  app_id text,
  -- Who began it, for the audit log.
  begun_by jsonb not null,
  -- The code verifier, or the device code.
  secret bytea not null,
  secret_key_id text not null,
  redirect_uri text,
  -- Whom the answer must be from (RFC 9207); null when the provider does not say so.
  issuer text,
  scopes jsonb not null,
  -- Of a device code: seconds between questions, and when the next may be asked.
  interval_s integer,
  ask_after timestamptz,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint oauth_flows_secret_key
    foreign key (workspace_id, secret_key_id) references workspace_keys (workspace_id, key_id)
);
create index oauth_flows_connection on oauth_flows (workspace_id, connection_id);
create index oauth_flows_end on oauth_flows (expires_at);

do $$
declare t text;
begin
  foreach t in array array['upstream_grants', 'oauth_apps', 'oauth_flows'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy workspace on %I using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id))', t);
  end loop;
end $$;
