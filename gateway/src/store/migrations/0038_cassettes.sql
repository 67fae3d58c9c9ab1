-- What calls were answered, redacted and sealed, by the name of the cassette they were recorded on.
create table recordings (
  id text primary key,
  workspace_id text not null references workspaces (id),
  cassette text not null check (cassette ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  connector text not null,
  connector_version text not null,
  action text not null,
  -- Of a request; null of a command.
  method text,
  url text,
  -- SHA-256 of what the action was when it was recorded, and of what the call asked.
  signature bytea not null,
  match bytea not null,
  upstream_status integer,
  error_code text,
  -- Of its JSON text.
  bytes integer not null,
  sealed_recording bytea not null,
  recording_key_id text not null,
  recorded_at timestamptz not null default now(),
  constraint recordings_sealed_recording_key
    foreign key (workspace_id, recording_key_id) references workspace_keys (workspace_id, key_id)
);
create unique index recordings_match on recordings (workspace_id, cassette, match);
create index recordings_cassette on recordings (workspace_id, cassette, id);
alter table recordings enable row level security;
alter table recordings force row level security;
create policy workspace on recordings using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));

-- The cassette that calls over a connection are recorded on, and the one that every call of a token is answered from; null for none.
alter table connections add record text;
alter table tokens add cassette text;
