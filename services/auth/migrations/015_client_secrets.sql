-- A merchant gives an app of their own another secret.

grant update (metadata) on oauth_clients to bahi_auth;
