-- Workflows: what they are, by version, and where they are deployed.
create table workflows (
  id text primary key,
  workspace_id text not null references workspaces (id),
  slug text not null,
  name text not null,
  -- The newest.
  version integer not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, slug)
);
create table workflow_versions (
  workspace_id text not null references workspaces (id),
  workflow_id text not null references workflows (id),
  version integer not null,
  document json not null,
  -- The text it was written as, for whoever edits it; null when it came as a value.
  source text,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (workflow_id, version)
);
create table workflow_deployments (
  id text primary key,
  workspace_id text not null references workspaces (id),
  workflow_id text not null references workflows (id),
  version integer not null,
  environment text not null,
  -- Connection by slot, and the version of its connector as it was deployed.
  bindings json not null,
  pins json not null,
  -- In whose name its runs call.
  token_id text not null references tokens (id),
  created_by json not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  foreign key (workflow_id, version) references workflow_versions (workflow_id, version)
);
create unique index workflow_deployments_current on workflow_deployments (workflow_id, environment) where ended_at is null;

create table workflow_runs (
  id text primary key,
  workspace_id text not null references workspaces (id),
  workflow_id text not null references workflows (id),
  version integer not null,
  -- Null of a preview, whose bindings are its own.
  deployment_id text references workflow_deployments (id),
  mode text not null check (mode in ('live', 'preview')),
  bindings json not null,
  pins json not null,
  -- In whose name it calls.
  caller_kind text not null,
  caller_id text not null,
  started_by json not null,
  trigger text not null,
  -- The same start asked for twice is one run.
  dedupe_key text,
  replay_of text,
  -- The run and the place in it that waits for the end of this one.
  parent_run text,
  parent_step text,
  depth integer not null default 0,
  status text not null check (status in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'checkpoint')),
  -- Raised by whoever takes the run: who knows an older one has lost it.
  epoch integer not null default 0,
  -- Raised by each retry: what is asked again then is asked under another key.
  generation integer not null default 0,
  steps integer not null default 0,
  wake_at timestamptz,
  error_code text,
  error_detail text,
  error_step text,
  sealed_trigger bytea,
  trigger_key_id text,
  sealed_output bytea,
  output_key_id text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  constraint workflow_runs_sealed_trigger_key
    foreign key (workspace_id, trigger_key_id) references workspace_keys (workspace_id, key_id),
  constraint workflow_runs_sealed_output_key
    foreign key (workspace_id, output_key_id) references workspace_keys (workspace_id, key_id)
);
create index workflow_runs_of on workflow_runs (workspace_id, workflow_id, id);
create index workflow_runs_status on workflow_runs (workspace_id, status, id);
create unique index workflow_runs_dedupe on workflow_runs (workflow_id, dedupe_key) where dedupe_key is not null;
create index workflow_runs_open on workflow_runs (status, wake_at) where status in ('queued', 'running', 'waiting');
create unique index workflow_runs_parent on workflow_runs (parent_run, parent_step) where parent_run is not null;

-- The journal: what each step came to. `place` is the way to the step through loops and branches, such as each[2]/pay.
create table workflow_steps (
  id text primary key,
  workspace_id text not null references workspaces (id),
  run_id text not null references workflow_runs (id),
  seq bigint generated always as identity,
  place text not null,
  step text not null,
  kind text not null,
  attempt integer not null default 1,
  status text not null check (status in ('started', 'waiting', 'succeeded', 'failed', 'planned')),
  -- A write may have been sent from here on.
  sent boolean not null default false,
  -- Undone by a retry, and kept for who reads.
  superseded boolean not null default false,
  generation integer not null default 0,
  call_id text,
  approval_id text,
  child_run text,
  wake_at timestamptz,
  decided_by json,
  error_code text,
  error_detail text,
  sealed_result bytea,
  result_key_id text,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint workflow_steps_sealed_result_key
    foreign key (workspace_id, result_key_id) references workspace_keys (workspace_id, key_id)
);
create unique index workflow_steps_place on workflow_steps (run_id, place) where not superseded;
create index workflow_steps_run on workflow_steps (run_id, seq);
create index workflow_steps_call on workflow_steps (workspace_id, call_id) where status = 'waiting';

do $$
declare t text;
begin
  foreach t in array array['workflows', 'workflow_versions', 'workflow_deployments', 'workflow_runs', 'workflow_steps'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy workspace on %I using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id))', t);
  end loop;
end $$;
