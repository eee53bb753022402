-- When a server of PostgreSQL of ours is made: the owner of the database, who may make roles and is no superuser. The
-- environment names the file of its password.
\set password `cat "$OWNER_PASSWORD_FILE"`
create role bahi login createrole password :'password';
create database bahi owner bahi;
