-- Which of several connections a call means that names none: at most one of a connector for each owner.
alter table connections add is_default boolean not null default false;
create unique index connections_default on connections (workspace_id, connector, coalesce(user_id, ''), coalesce(team_id, ''))
where is_default;
