-- What a caller's Idempotency-Key stands for, for 24 hours. The answer of its call is sealed here once it is known.
create table idempotency_keys (
  workspace_id text not null references workspaces (id),
  caller_id text not null,
  key text not null,
  -- SHA-256 of the canonical parameters: the same key with others is a mistake of the caller's.
  fingerprint bytea not null,
  call_id text not null,
  sealed_result bytea,
  result_key_id text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, caller_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy workspace on idempotency_keys using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));
