-- Secret managers of a workspace's own, to which active credentials are replicated.
create table secret_backends (
  id text primary key,
  workspace_id text not null references workspaces (id),
  kind text not null check (kind in ('aws', 'gcp', 'vault')),
  name text not null,
  -- Where it is: region, project, address, how its client signs in. No secret.
  settings jsonb not null,
  credential bytea not null,
  credential_key_id text not null,
  credential_version integer not null default 1,
  -- What the workspace's connections use that say nothing else: the workspace is in secret-manager mode.
  is_default boolean not null default false,
  tested_at timestamptz,
  -- What its last test or check brought; null when that was well.
  problem text,
  check_due timestamptz not null default now() + interval '1 hour',
  checked_at timestamptz,
  created_by text not null,
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  constraint secret_backends_name unique (workspace_id, name),
  -- Two for one place would remove what the other has written.
  constraint secret_backends_place unique (workspace_id, kind, settings),
  constraint secret_backends_credential_key
    foreign key (workspace_id, credential_key_id) references workspace_keys (workspace_id, key_id)
);
create unique index secret_backends_default on secret_backends (workspace_id) where is_default;
create index secret_backends_check on secret_backends (check_due);

-- Null: as the workspace. 'proxy': stays with the gateway. Otherwise the id of a backend.
alter table connections add secret_backend text;

-- One per backend and connection: what is to be there, and what is. It is the outbox too: whatever changes a credential makes it
-- due in the same transaction. It outlives its connection until the secret is gone.
create table secret_replicas (
  workspace_id text not null references workspaces (id),
  backend_id text not null,
  connection_id text not null,
  -- Whether the secret is to be there or to be gone.
  present boolean not null default true,
  -- Grows with every change of the credential; the one that the backend has is written_change.
  change bigint not null default 1,
  written_change bigint,
  -- What the backend calls what was written last.
  remote_version text,
  written_at timestamptz,
  checked_at timestamptz,
  drift text check (drift in ('changed', 'deleted')),
  attempts integer not null default 0,
  -- Null when nothing is to be done.
  due_at timestamptz default now(),
  -- While a gateway works on it, no other does, also when it becomes due again meanwhile.
  claimed_until timestamptz,
  last_error text,
  -- When its credential may be renewed ahead of its end again.
  renew_after timestamptz,
  primary key (workspace_id, backend_id, connection_id),
  foreign key (workspace_id, backend_id) references secret_backends (workspace_id, id)
);
create index secret_replicas_due on secret_replicas (due_at) where due_at is not null;
create index secret_replicas_connection on secret_replicas (workspace_id, connection_id);

-- Brings what is to be where in line with a connection as it is now: a part of the transaction that changes it. A person's own
-- account stays with the gateway.
create function plan_secret_replica(of_workspace text, of_connection text) returns void language plpgsql as $$
declare
  target text;
begin
  select case
      when con.user_id is not null or con.secret_backend = 'proxy' then null
      when con.secret_backend is not null then con.secret_backend
      else (select id from secret_backends where workspace_id = of_workspace and is_default)
    end
  into target
  from connections con
  where con.workspace_id = of_workspace and con.id = of_connection and (con.credential is not null or con.grant_id is not null);

  update secret_replicas set present = false, change = change + 1, attempts = 0, due_at = now(), drift = null
  where workspace_id = of_workspace and connection_id = of_connection and present and backend_id is distinct from target;

  if target is not null then
    insert into secret_replicas (workspace_id, backend_id, connection_id) values (of_workspace, target, of_connection)
    on conflict (workspace_id, backend_id, connection_id)
    do update set present = true, change = secret_replicas.change + 1, attempts = 0, due_at = now();
  end if;
end $$;

create function connection_secret_changed() returns trigger language plpgsql as $$
begin
  perform plan_secret_replica(coalesce(new.workspace_id, old.workspace_id), coalesce(new.id, old.id));
  return null;
end $$;
create trigger connections_secret after insert or delete or update of credential_version, grant_id, secret_backend, user_id
  on connections for each row execute function connection_secret_changed();

create function grant_secret_changed() returns trigger language plpgsql as $$
begin
  perform plan_secret_replica(workspace_id, id) from connections
  where workspace_id = new.workspace_id and grant_id = new.id order by id;
  return null;
end $$;
create trigger upstream_grants_secret after update of version on upstream_grants
  for each row execute function grant_secret_changed();

do $$
declare t text;
begin
  foreach t in array array['secret_backends', 'secret_replicas'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy workspace on %I using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id))', t);
  end loop;
end $$;
