#!/bin/sh
# Runs once, when the database volume is empty: anju_owner owns the schema and migrates, anju_app runs the
# product and can neither change the schema nor truncate a table; jobs over whole tables use temporary ones.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
	--set owner_password="$DATABASE_OWNER_PASSWORD" --set app_password="$DATABASE_PASSWORD" <<'SQL'
CREATE ROLE anju_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE anju_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
CREATE DATABASE anju OWNER anju_owner;
REVOKE ALL ON DATABASE anju FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE anju TO anju_app;
\connect anju
ALTER SCHEMA public OWNER TO anju_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO anju_app;
CREATE EXTENSION pg_stat_statements;
ALTER DEFAULT PRIVILEGES FOR ROLE anju_owner IN SCHEMA public
	GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO anju_app;
ALTER DEFAULT PRIVILEGES FOR ROLE anju_owner IN SCHEMA public
	GRANT USAGE, SELECT ON SEQUENCES TO anju_app;
SQL
