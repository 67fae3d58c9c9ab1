-- Which calls over a connection wait for a person, beside those whose action or toolset asks for it. Null for no more.
alter table connections add approval jsonb;

-- What the policy said to the call: `{risk, rulings}`. Null for calls that waited before it was kept.
alter table approvals add judgement jsonb;
-- SHA-256 of the call but for its input and the rest of its URL: what calls that are alike have in common.
alter table approvals add alike bytea;

-- The decision on the next calls like one that a person saw.
create table standing_approvals (
  id text primary key,
  workspace_id text not null references workspaces (id),
  -- The approval that was looked at.
  approval_id text not null,
  caller jsonb not null,
  connector text not null,
  connector_version text not null,
  action text not null,
  connection_id text not null,
  -- As `alike` of the approval.
  hash bytea not null,
  -- The inputs whose values have to be the same, with these.
  same jsonb not null,
  -- The rules that asked for the approval that was looked at: a call for which another asks is not alike.
  rules jsonb not null,
  total integer not null check (total between 1 and 1000),
  used integer not null default 0 check (used between 0 and total),
  granted_by jsonb not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index standing_approvals_list on standing_approvals (workspace_id, id desc);
create index standing_approvals_open on standing_approvals (workspace_id, connection_id, action) where revoked_at is null;
alter table standing_approvals enable row level security;
alter table standing_approvals force row level security;
create policy workspace on standing_approvals using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));
