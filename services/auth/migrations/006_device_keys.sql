-- A device is its key: the RFC 7638 thumbprint of the key that it made. Devices and sessions without one are of the
-- version before, or of clients of a sandbox that make none: such a device is never bound.

alter table devices add column key_thumbprint text check (key_thumbprint ~ '^[A-Za-z0-9_-]{43}$');
alter table sessions add column key_thumbprint text check (key_thumbprint ~ '^[A-Za-z0-9_-]{43}$');
