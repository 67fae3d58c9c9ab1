-- Programs that wait for an approval: what they are and what their calls answered until then, sealed, for the caller they belong to.
create table code_runs (
  id text primary key,
  workspace_id text not null references workspaces (id),
  caller_kind text not null,
  caller_id text not null,
  sealed_run bytea not null,
  run_key_id text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint code_runs_sealed_run_key foreign key (workspace_id, run_key_id) references workspace_keys (workspace_id, key_id)
);
create index code_runs_expiry on code_runs (expires_at);
alter table code_runs enable row level security;
alter table code_runs force row level security;
create policy workspace on code_runs using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));
