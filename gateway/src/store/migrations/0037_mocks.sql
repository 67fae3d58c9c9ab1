-- The scenario of its connector's mocks that a connection answers with; null for one that calls its API.
alter table connections add mock text;
