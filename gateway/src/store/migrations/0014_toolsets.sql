-- Named selections of tools. Tokens are bound to the id, never to the slug: one made later under the same slug is another one.
create table toolsets (
  id text primary key,
  workspace_id text not null references workspaces (id),
  -- In the address of the MCP endpoint: /mcp/{slug}.
  slug text not null,
  name text not null,
  mode text not null check (mode in ('direct', 'search')),
  -- The words in which models take its tools: a name of definition/tool/family.ts.
  format text not null,
  approval text not null check (approval in ('never', 'writes', 'destructive', 'always')),
  selection jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint toolsets_slug unique (workspace_id, slug)
);
alter table toolsets enable row level security;
alter table toolsets force row level security;
create policy workspace on toolsets using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));

-- No foreign key: a token whose toolset is gone keeps its id, and opens nothing.
alter table tokens add toolset_id text;
-- Null for all environments, and for any address.
alter table tokens add environments text[];
alter table tokens add caller_ips text[];
-- The secret before the last rotation, and until when it counts beside the new one.
alter table tokens add previous_hash bytea;
alter table tokens add previous_until timestamptz;
create unique index tokens_previous_hash on tokens (previous_hash);

-- Tells every gateway on this database at once that callers of a workspace may have other rights, or none.
create function tell_rights_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('sallyport_rights', coalesce(new.workspace_id, old.workspace_id));
  return null;
end $$;
create trigger tell_rights after delete or update of role, hash, previous_hash, previous_until, user_id, team_id, toolset_id,
  environments, caller_ips, expires_at, revoked_at on tokens for each row execute function tell_rights_changed();
create trigger tell_rights after update or delete on toolsets for each row execute function tell_rights_changed();
create trigger tell_rights after delete or update of role on members for each row execute function tell_rights_changed();
create trigger tell_rights after insert or update or delete on team_members for each row execute function tell_rights_changed();
