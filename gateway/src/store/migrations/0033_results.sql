-- Answers that were too large to be given whole, sealed, for the caller who got them, until they expire.
create table results (
  id text primary key,
  workspace_id text not null references workspaces (id),
  caller_kind text not null,
  caller_id text not null,
  -- Of its JSON text.
  bytes integer not null,
  sealed_result bytea not null,
  result_key_id text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint results_sealed_result_key
    foreign key (workspace_id, result_key_id) references workspace_keys (workspace_id, key_id)
);
create index results_caller on results (workspace_id, caller_id, id);
create index results_expiry on results (expires_at);
alter table results enable row level security;
alter table results force row level security;
create policy workspace on results using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));

-- Bytes of JSON from which on an answer is shortened for this toolset's callers; null for the gateway's own bound.
alter table toolsets add max_result_bytes integer check (max_result_bytes >= 1024);
alter table toolsets drop constraint toolsets_mode_check;
alter table toolsets add constraint toolsets_mode_check check (mode in ('direct', 'search', 'code'));
