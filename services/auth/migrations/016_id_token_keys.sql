-- Keys that sign ID tokens with RS256, for apps that are registered so; made once the first one is.
create table id_token_keys (
  generation int primary key check (generation > 0),
  kid text not null unique,
  public_jwk jsonb not null,
  private_sealed text not null,
  signs_from timestamptz not null
);
grant select, insert, delete on id_token_keys to bahi_auth;
