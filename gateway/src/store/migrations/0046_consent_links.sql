-- Links with which a person without an account finishes the consent of one connection, once. Only the hash of a code is kept.
create table consent_links (
  hash bytea primary key,
  workspace_id text not null references workspaces (id),
  connection_id text not null references connections (id) on delete cascade,
  -- Whose rights it stands for: what is left of them counts when it is used.
  made_by jsonb not null,
  expires_at timestamptz not null
);
create index consent_links_connection on consent_links (workspace_id, connection_id);
alter table consent_links enable row level security;
alter table consent_links force row level security;
create policy workspace on consent_links using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));

-- SHA-256 of what the browser has that followed such a link; null for a consent that began otherwise.
alter table oauth_flows add column browser_hash bytea;
