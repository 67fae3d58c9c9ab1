-- Connectors that an admin has not published yet: apart from the others, so that nothing but a trial ever runs them.
create table connector_drafts (
  workspace_id text not null references workspaces (id),
  connector text not null,
  name text not null,
  document json not null,
  actions integer not null,
  updated_by text not null,
  updated_at timestamptz not null,
  primary key (workspace_id, connector)
);
alter table connector_drafts enable row level security;
alter table connector_drafts force row level security;
create policy workspace on connector_drafts using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));
