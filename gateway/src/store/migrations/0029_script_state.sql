-- What the script of a connection keeps for its later runs: JSON texts by key, in clear.
create table script_state (
  workspace_id text not null references workspaces (id),
  connection_id text not null references connections (id) on delete cascade,
  key text not null,
  value text not null,
  primary key (connection_id, key)
);
alter table script_state enable row level security;
alter table script_state force row level security;
create policy workspace on script_state using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));
