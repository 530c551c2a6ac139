//! Starts processes, always from one thread: the kernel kills a child when the thread that started it ends.

use std::{
    io::{self, PipeReader},
    sync::mpsc,
    thread,
};
use tokio::{
    process::{Child, Command},
    runtime::Handle,
    sync::oneshot,
};

type Order = (Command, oneshot::Sender<io::Result<Child>>);

/// The thread that starts processes.
#[derive(Clone)]
pub struct Nursery {
    orders: mpsc::Sender<Order>,
}

impl Nursery {
    /// Opens the nursery for the current runtime.
    pub fn open() -> io::Result<Self> {
        let (orders, inbox) = mpsc::channel::<Order>();
        let runtime = Handle::current();
        thread::Builder::new().name("nursery".into()).spawn(move || {
            let _inside = runtime.enter();
            while let Ok((mut command, tell)) = inbox.recv() {
                let child = command.spawn();
                drop(command); // closes our end of the pipe that the child writes to
                let _given_up = tell.send(child);
            }
        })?;
        Ok(Self { orders })
    }

    /// Starts a process; its standard input is the far end of the pipe that is returned.
    pub async fn start(&self, mut command: Command) -> io::Result<(Child, PipeReader)> {
        let (reader, writer) = io::pipe()?;
        command.stdin(writer).kill_on_drop(true);
        let (tell, told) = oneshot::channel();
        let closed = || io::Error::other("the nursery is closed");
        self.orders.send((command, tell)).map_err(|_| closed())?;
        Ok((told.await.map_err(|_| closed())??, reader))
    }
}
