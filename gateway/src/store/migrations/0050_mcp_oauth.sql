-- Clients at one authorization server, which names itself in `issuer`: those that the gateway registered there by itself, and
-- apps that people entered for an MCP server once they were used there. Either is of no use at another server.
alter table oauth_apps add column issuer text;
-- What was agreed on when the gateway registered: where people come back to, how the client proves itself, until when.
alter table oauth_apps add column registered jsonb;
alter table oauth_apps drop constraint oauth_apps_check;
alter table oauth_apps add constraint oauth_apps_serves
  check (num_nonnulls(family, connector) = 1 or (num_nonnulls(family, connector) = 0 and issuer is not null));
create unique index oauth_apps_registered on oauth_apps (workspace_id, issuer, client_id) where registered is not null;

-- Scopes that a server has asked for in answer to a call, and that nobody has consented to yet.
alter table connections add column missing_scopes jsonb;
