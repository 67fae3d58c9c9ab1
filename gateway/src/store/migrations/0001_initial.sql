-- Every table with a workspace_id is under row-level security: a connection sees the workspace named by the setting
-- sallyport.workspace, '*' sees all (the gateway's own background work), and no setting sees nothing.

create function current_workspace_is(id text) returns boolean language sql stable parallel safe
  as $$ select current_setting('sallyport.workspace', true) in (id, '*') $$;

-- People: the tables of better-auth, which owns their columns.
create table "user" (
  id text primary key,
  name text not null,
  email text not null unique,
  "emailVerified" boolean not null default false,
  image text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create table session (
  id text primary key,
  "expiresAt" timestamptz not null,
  token text not null unique,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now(),
  "ipAddress" text,
  "userAgent" text,
  "userId" text not null references "user" (id) on delete cascade
);
create index session_by_user on session ("userId");
create table account (
  id text primary key,
  "accountId" text not null,
  "providerId" text not null,
  "userId" text not null references "user" (id) on delete cascade,
  "accessToken" text,
  "refreshToken" text,
  "idToken" text,
  "accessTokenExpiresAt" timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  scope text,
  password text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create index account_by_user on account ("userId");
create table verification (
  id text primary key,
  identifier text not null,
  value text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create index verification_identifier on verification (identifier);

create table workspaces (
  id text primary key,
  name text not null,
  created_at timestamptz not null default now()
);
create table members (
  workspace_id text not null references workspaces (id),
  user_id text not null references "user" (id) on delete cascade,
  role text not null check (role in ('viewer', 'member', 'manager', 'admin', 'owner')),
  created_at timestamptz not null default now(),
  primary key (workspace_id, user_id)
);
create index members_user on members (user_id);

-- Facts of the whole installation: the check value of the root key, the hash of the one-time setup code.
create table installation (
  key text primary key,
  value jsonb not null
);

create table workspace_keys (
  workspace_id text not null references workspaces (id),
  key_id text not null,
  wrapped bytea not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, key_id)
);

create table tokens (
  id text primary key,
  workspace_id text not null references workspaces (id),
  name text not null,
  role text not null check (role in ('viewer', 'member', 'manager', 'admin', 'owner')),
  hash bytea not null unique,
  hint text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  -- Calls in any 60 seconds and any 24 hours; no limit when null.
  per_minute integer,
  per_day integer,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- The newest version of a connector stands in connectors; every version stays, unchanged, in connector_versions.
create table connectors (
  workspace_id text not null references workspaces (id),
  id text not null,
  name text not null,
  version text not null,
  -- What listings show, so that they need not open a document of megabytes.
  summary jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
create table connector_versions (
  workspace_id text not null,
  connector text not null,
  version text not null,
  document jsonb not null,
  report jsonb,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, connector, version),
  foreign key (workspace_id, connector) references connectors (workspace_id, id) on delete cascade deferrable initially deferred
);

create table connections (
  id text primary key,
  workspace_id text not null,
  connector text not null,
  name text not null,
  environment text not null,
  scheme text not null,
  settings jsonb not null default '{}',
  -- The sealed fields of the credential; null for the scheme none.
  credential bytea,
  credential_key_id text,
  credential_version integer not null default 0,
  status text not null check (status in ('active', 'untested', 'failing', 'needs_reauth')),
  status_detail text,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  tested_at timestamptz,
  foreign key (workspace_id, connector) references connectors (workspace_id, id)
);
create unique index connections_name on connections (workspace_id, connector, name);

create table approvals (
  id text primary key,
  workspace_id text not null references workspaces (id),
  call_id text not null,
  status text not null check (status in ('pending', 'approved', 'rejected', 'expired', 'used')),
  caller jsonb not null,
  connector text not null,
  connector_version text not null,
  action text not null,
  connection_id text not null,
  -- What a person is shown: method, URL, headers and body, redacted.
  preview jsonb not null,
  -- SHA-256 of the canonical call, and the sealed canonical call itself.
  hash bytea not null,
  sealed_call bytea not null,
  sealed_key_id text not null,
  -- The sealed answer of the call once it ran, for whoever asked for it.
  sealed_result bytea,
  result_key_id text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  decided_by jsonb,
  decided_at timestamptz,
  reason text
);
create index approvals_list on approvals (workspace_id, id desc);
create index approvals_pending on approvals (workspace_id, id desc) where status = 'pending';

create table calls (
  id text primary key,
  workspace_id text not null,
  caller_kind text not null,
  caller_id text not null,
  caller_name text not null,
  entrance text not null,
  connector text,
  connector_version text,
  action text,
  effect text,
  connection_id text,
  -- started: the intent of a write is on record and its end is not.
  status text not null check (status in ('started', 'succeeded', 'failed', 'pending_approval', 'rejected', 'expired')),
  outcome text not null check (outcome in ('not_sent', 'sent_unknown', 'done')),
  upstream_status integer,
  error_code text,
  error_detail text,
  method text,
  url text,
  input jsonb,
  response_bytes integer,
  approval_id text,
  trace jsonb not null,
  started_at timestamptz not null,
  duration_ms double precision not null
);
-- Ids sort by time, so the id is the cursor of every listing.
create index calls_list on calls (workspace_id, id desc);
create index calls_by_connector on calls (workspace_id, connector, action, id desc);
create index calls_by_connection on calls (workspace_id, connection_id, id desc);
create index calls_by_status on calls (workspace_id, status, id desc) where status <> 'succeeded';
create index calls_started on calls (status) where status = 'started';

do $$
declare t text;
begin
  foreach t in array array['members', 'workspace_keys', 'tokens', 'connectors', 'connector_versions', 'connections', 'approvals', 'calls'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy workspace on %I using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id))', t);
  end loop;
  alter table workspaces enable row level security;
  alter table workspaces force row level security;
  create policy workspace on workspaces using (current_workspace_is(id)) with check (current_workspace_is(id));
end $$;
