-- The last answer to each call of an action that may be answered with it when its API fails: one row a caller, connection, action
-- and input, sealed.
create table last_answers (
  id text primary key,
  workspace_id text not null references workspaces (id),
  connection_id text not null references connections (id) on delete cascade,
  -- SHA-256 of caller, connection, version of the connector, action and input.
  hash bytea not null,
  sealed_answer bytea not null,
  answer_key_id text not null,
  answered_at timestamptz not null,
  expires_at timestamptz not null,
  constraint last_answers_hash unique (workspace_id, hash),
  constraint last_answers_sealed_answer_key
    foreign key (workspace_id, answer_key_id) references workspace_keys (workspace_id, key_id)
);
create index last_answers_expiry on last_answers (expires_at);
create index last_answers_connection on last_answers (connection_id);
alter table last_answers enable row level security;
alter table last_answers force row level security;
create policy workspace on last_answers using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));
