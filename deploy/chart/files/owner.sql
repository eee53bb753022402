-- When a server of PostgreSQL of ours is made: the owner of the database, who may make roles, sees what monitoring
-- needs (pg_monitor) and is no superuser. The environment names the file of its password.
\set password `cat "$OWNER_PASSWORD_FILE"`
create role bahi login createrole password :'password' in role pg_monitor;
create database bahi owner bahi;
