//! What holds for server processes of this machine only. A run of the tests on Docker leaves it out.

mod adoption;
mod characters;
mod crash;
mod data;
mod life;
mod logs;
mod pgbackrest;
mod pid_file;
mod programs;
mod scripts;
mod stranger;
mod users;
