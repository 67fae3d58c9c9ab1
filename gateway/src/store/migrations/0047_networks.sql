-- Private networks, reached by agents in them that dial out to the gateway.
create table networks (
  id text primary key,
  workspace_id text not null references workspaces (id),
  name text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  constraint networks_name unique (workspace_id, name)
);
alter table networks enable row level security;
alter table networks force row level security;
create policy workspace on networks using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));

-- What agents show to be let in. Only the hash of a token is kept.
create table network_tokens (
  id text primary key,
  workspace_id text not null references workspaces (id),
  network_id text not null references networks (id) on delete cascade,
  hash bytea not null unique,
  hint text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index network_tokens_network on network_tokens (network_id);
alter table network_tokens enable row level security;
alter table network_tokens force row level security;
create policy workspace on network_tokens using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));

-- Who was there. Of two processes with the name of one agent the one that came last counts.
create table network_agents (
  workspace_id text not null references workspaces (id),
  network_id text not null references networks (id) on delete cascade,
  name text not null,
  instance text not null,
  -- Those that had the name before: none of them gets it back.
  former text[] not null default '{}',
  token_id text not null,
  version text not null,
  protocol integer not null,
  -- Null for any.
  connectors jsonb,
  address text not null,
  connected_at timestamptz not null,
  seen_at timestamptz not null,
  primary key (network_id, name)
);
alter table network_agents enable row level security;
alter table network_agents force row level security;
create policy workspace on network_agents using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));

-- Gateways on this database, so that an agent knows whom to meet.
create table gateway_replicas (
  id text primary key,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);

-- Which agent hangs on which gateway.
create table network_links (
  workspace_id text not null references workspaces (id),
  network_id text not null,
  agent text not null,
  replica_id text not null references gateway_replicas (id) on delete cascade,
  primary key (network_id, agent, replica_id),
  foreign key (network_id, agent) references network_agents (network_id, name) on delete cascade
);
alter table network_links enable row level security;
alter table network_links force row level security;
create policy workspace on network_links using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));

-- Null reaches the API from the gateway itself. A network goes only when no connection leads through it.
alter table connections add network_id text references networks (id);
create index connections_network on connections (network_id) where network_id is not null;
-- Field of the auth scheme to name of a secret that only the agents have.
alter table connections add agent_secrets jsonb;

-- Every gateway lets go at once of agents whose token is revoked or whose name somebody else has taken.
create trigger tell_rights after update of revoked_at or delete on network_tokens for each row execute function tell_rights_changed();
create trigger tell_rights after update of instance on network_agents for each row execute function tell_rights_changed();
