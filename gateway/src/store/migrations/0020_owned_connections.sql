-- Whose the connections of people and teams are, also after they are deleted: the calls made through them stay in the log, and
-- who may read those does not change. An owner never changes, so a trigger keeps this.
create table owned_connections (
  workspace_id text not null,
  id text not null,
  user_id text,
  team_id text,
  primary key (workspace_id, id)
);
alter table owned_connections enable row level security;
alter table owned_connections force row level security;
create policy workspace on owned_connections using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));

create function keep_owner() returns trigger language plpgsql as $$
begin
  insert into owned_connections (workspace_id, id, user_id, team_id) values (new.workspace_id, new.id, new.user_id, new.team_id);
  return null;
end $$;
create trigger keep_owner after insert on connections for each row when (new.user_id is not null or new.team_id is not null)
  execute function keep_owner();
-- Background work: the policies of row-level security bind the owner as well.
set local sallyport.workspace = '*';
insert into owned_connections (workspace_id, id, user_id, team_id)
  select workspace_id, id, user_id, team_id from connections where user_id is not null or team_id is not null;

-- As in migration 0014, also for the limits of a token and its name.
drop trigger tell_rights on tokens;
create trigger tell_rights after delete or update of name, role, hash, previous_hash, previous_until, user_id, team_id, toolset_id,
  environments, caller_ips, expires_at, revoked_at, per_minute, per_day on tokens for each row execute function tell_rights_changed();
