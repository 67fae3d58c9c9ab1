-- Where people are told that a call waits for them.
create table notification_channels (
  id text primary key,
  workspace_id text not null references workspaces (id),
  kind text not null check (kind in ('slack', 'teams', 'webhook', 'email')),
  name text not null,
  -- What is shown of the target: a host, or an address of a mailbox.
  hint text not null,
  -- The whole target with what signs its messages: the URL of a chat is a key to it.
  sealed_target bytea not null,
  target_key_id text not null,
  delivered_at timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  constraint notification_channels_name unique (workspace_id, name),
  constraint notification_channels_target_key foreign key (workspace_id, target_key_id) references workspace_keys (workspace_id, key_id)
);

-- What is still to be told, written with the approval it tells of. A row goes when it was delivered or given up.
create table notifications (
  id text primary key,
  workspace_id text not null references workspaces (id),
  channel_id text not null references notification_channels (id) on delete cascade,
  approval_id text not null,
  attempts integer not null default 0,
  due_at timestamptz not null
);
create index notifications_due on notifications (due_at);

-- Codes of the links in notifications: each opens the page of its approval once, for reading.
create table approval_links (
  hash bytea primary key,
  workspace_id text not null references workspaces (id),
  approval_id text not null,
  expires_at timestamptz not null
);
create index approval_links_expired on approval_links (workspace_id, expires_at);

do $$
declare t text;
begin
  foreach t in array array['notification_channels', 'notifications', 'approval_links'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy workspace on %I using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id))', t);
  end loop;
end $$;
