-- Two-factor sign-in: the columns of better-auth's plugin, which owns them.
alter table "user" add "twoFactorEnabled" boolean not null default false;
create table "twoFactor" (
  id text primary key,
  secret text not null,
  "backupCodes" text not null,
  "userId" text not null unique references "user" (id) on delete cascade,
  verified boolean not null default true,
  "failedVerificationCount" integer not null default 0,
  "lockedUntil" timestamptz
);
-- Codes that opened a session: within its minutes no code opens a second one (RFC 6238, section 5.2). code is a SHA-256.
create table two_factor_uses (
  user_id text not null references "user" (id) on delete cascade,
  code bytea not null,
  used_at timestamptz not null default now(),
  primary key (user_id, code)
);

-- The one workspace that a session counts for; null for all of the person's. A workspace's provider of single sign-on vouches
-- for people to that workspace only.
alter table session add "workspaceId" text references workspaces (id);
create index account_identity on account ("providerId", "accountId");

create table teams (
  id text primary key,
  workspace_id text not null references workspaces (id),
  name text not null,
  created_at timestamptz not null default now(),
  unique (workspace_id, id)
);
create unique index teams_name on teams (workspace_id, lower(name));
create table team_members (
  workspace_id text not null,
  team_id text not null,
  user_id text not null,
  role text not null check (role in ('member', 'manager')),
  created_at timestamptz not null default now(),
  primary key (workspace_id, team_id, user_id),
  foreign key (workspace_id, team_id) references teams (workspace_id, id) on delete cascade,
  foreign key (workspace_id, user_id) references members (workspace_id, user_id) on delete cascade
);
create index team_members_user on team_members (workspace_id, user_id);

create table invitations (
  id text primary key,
  workspace_id text not null references workspaces (id),
  -- In lower case, as better-auth stores the emails of people.
  email text not null,
  role text not null check (role in ('viewer', 'member', 'manager', 'admin', 'owner')),
  -- [{"id": team, "role": role in it}]; teams deleted meanwhile are passed over.
  teams jsonb not null,
  -- SHA-256 of the code in the link. A new link takes the place of the old one.
  code_hash bytea not null unique,
  invited_by jsonb not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  -- Why it can be used no more: somebody joined with it, or somebody took it back.
  ended_as text check (ended_as in ('accepted', 'revoked'))
);
create index invitations_list on invitations (workspace_id, id desc);
create unique index invitations_open on invitations (workspace_id, email) where ended_at is null;

-- How people get into a workspace; without a row nothing is required and there is no single sign-on.
create table sign_in_settings (
  workspace_id text primary key references workspaces (id),
  require_two_factor boolean not null default false,
  sso_issuer text,
  sso_client_id text,
  sso_secret bytea,
  sso_secret_key_id text,
  sso_secret_version integer not null default 0,
  sso_domains jsonb not null default '[]',
  -- The role of who comes for the first time; null lets in members only.
  sso_default_role text check (sso_default_role in ('viewer', 'member', 'manager', 'admin', 'owner')),
  updated_at timestamptz not null default now(),
  constraint sign_in_settings_sso_secret_key foreign key (workspace_id, sso_secret_key_id) references workspace_keys (workspace_id, key_id)
);

-- A connection belongs to one person, to a team, or, with neither, to the workspace.
alter table connections add team_id text;
alter table connections add user_id text;
alter table connections add constraint connections_one_owner check (team_id is null or user_id is null);
-- A team with connections is not deleted, nor is somebody removed who has some: the gateway takes them away first.
alter table connections add constraint connections_team foreign key (workspace_id, team_id) references teams (workspace_id, id);
alter table connections add constraint connections_user foreign key (workspace_id, user_id) references members (workspace_id, user_id);
-- Whoever names a connection learns nothing about the names others chose for theirs.
drop index connections_name;
create unique index connections_name on connections (workspace_id, connector, coalesce(team_id, ''), coalesce(user_id, ''), name);

-- A token may act for one person, whose own connections it then reaches, or in one team.
alter table tokens add user_id text;
alter table tokens add team_id text;
alter table tokens add constraint tokens_user foreign key (workspace_id, user_id) references members (workspace_id, user_id) on delete cascade;
alter table tokens add constraint tokens_team foreign key (workspace_id, team_id) references teams (workspace_id, id) on delete cascade;

-- The role of the person who made a token, or the token it was made with, and so on; 'none' when that person is no member any
-- more, null when no person is at the beginning. A token never has a higher role than this.
create function maker_role(workspace text, maker text) returns text language sql stable as $$
  with recursive makers (id) as (
    select maker
    union
    select t.created_by from tokens t join makers m on t.id = m.id where t.workspace_id = workspace
  )
  select coalesce(
    (select m.role from members m join makers on makers.id = m.user_id where m.workspace_id = workspace limit 1),
    (select 'none' from makers where id like 'usr\_%' limit 1)
  ) $$;

do $$
declare t text;
begin
  foreach t in array array['teams', 'team_members', 'invitations', 'sign_in_settings'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy workspace on %I using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id))', t);
  end loop;
end $$;
