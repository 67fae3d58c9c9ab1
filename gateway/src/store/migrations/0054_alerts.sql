-- What is watched, beside the calls, and who is told.
alter table notification_channels drop constraint notification_channels_kind_check;
alter table notification_channels add constraint notification_channels_kind_check
  check (kind in ('slack', 'teams', 'webhook', 'email', 'pagerduty'));
-- Whether people are told there that a call waits; a channel of an alert need not.
alter table notification_channels add approvals boolean not null default true;

create table alert_rules (
  id text primary key,
  workspace_id text not null references workspaces (id),
  name text not null,
  kind text not null,
  -- Of what is watched: all of the workspace, one connector, or one connection. Names nothing that has to be there.
  connector text,
  connection_id text,
  -- One alert for the workspace, for each connector, or for each connection.
  group_by text not null check (group_by in ('workspace', 'connector', 'connection')),
  threshold double precision not null,
  -- An alert clears below this; never above the threshold.
  clear_below double precision not null check (clear_below <= threshold),
  window_minutes integer not null check (window_minutes between 1 and 129600),
  min_calls integer not null,
  for_minutes integer not null,
  clear_for_minutes integer not null,
  severity text not null check (severity in ('info', 'warning', 'error', 'critical')),
  -- Ids of channels; one that was deleted is told nothing.
  channels jsonb not null,
  enabled boolean not null default true,
  -- When it is looked at next. Whoever looks puts it off in the same statement, so that one gateway does.
  due_at timestamptz not null,
  evaluated_at timestamptz,
  -- Why it could not be looked at the last time; null when it could.
  problem text,
  created_at timestamptz not null default now(),
  constraint alert_rules_name unique (workspace_id, name)
);
create index alert_rules_due on alert_rules (due_at) where enabled;

create table alerts (
  id text primary key,
  workspace_id text not null references workspaces (id),
  rule_id text not null,
  -- As they were when it fired: history outlives the rule.
  rule jsonb not null,
  -- Id of the connector or connection; empty for the workspace.
  subject text not null,
  label text not null,
  state text not null check (state in ('pending', 'firing', 'resolved')),
  value double precision not null,
  examples jsonb not null,
  since timestamptz not null,
  fired_at timestamptz,
  -- Since when it has been below what clears it.
  below_since timestamptz,
  resolved_at timestamptz,
  -- When people were told that it fires; null as long as it is silenced.
  told_at timestamptz
);
create unique index alerts_open on alerts (rule_id, subject) where state <> 'resolved';
create index alerts_list on alerts (workspace_id, id desc);

create table alert_silences (
  id text primary key,
  workspace_id text not null references workspaces (id),
  -- Of one rule, or of all; of one connector or connection, or of all.
  rule_id text references alert_rules (id) on delete cascade,
  subject text,
  reason text not null,
  by jsonb not null,
  created_at timestamptz not null default now(),
  until timestamptz not null
);
create index alert_silences_list on alert_silences (workspace_id, until);

-- What was told of an alert, and what is still to be: that has a time when it is due.
create table alert_deliveries (
  id text primary key,
  workspace_id text not null references workspaces (id),
  alert_id text not null references alerts (id) on delete cascade,
  event text not null check (event in ('firing', 'resolved')),
  channel_id text not null,
  channel text not null,
  notice jsonb not null,
  attempts integer not null default 0,
  created_at timestamptz not null default now(),
  due_at timestamptz,
  delivered_at timestamptz,
  last_error text
);
create index alert_deliveries_due on alert_deliveries (due_at) where due_at is not null;
create index alert_deliveries_alert on alert_deliveries (alert_id);

do $$
declare t text;
begin
  foreach t in array array['alert_rules', 'alerts', 'alert_silences', 'alert_deliveries'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy workspace on %I using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id))', t);
  end loop;
end $$;
