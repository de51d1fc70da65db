//! The body of a response: read within the memory budget, unpacked on the way.

use std::io::Write as _;

use flate2::write::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use tokio::time::{Instant, timeout_at};

use super::Timing;
use super::budget::Reservation;
use super::transport::SendError;

/// Bytes that one step of unpacking adds, at most: the buffer of the decoder.
const STEP: usize = 32 * 1024;

/// Some editors and servers put it before a text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    /// One that was not requested.
    Unknown,
}

impl Encoding {
    /// The encoding of a response. `identity` may be named, also beside another one.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut encoding = Self::Identity;
        for header in headers.get_all(CONTENT_ENCODING) {
            for name in header.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
                encoding = match name.to_ascii_lowercase().as_slice() {
                    b"" | b"identity" => encoding,
                    b"gzip" | b"x-gzip" if encoding == Self::Identity => Self::Gzip,
                    _ => return Self::Unknown,
                };
            }
        }
        encoding
    }
}

/// A body on its way, with memory reserved for all that it holds.
struct Body<'a> {
    bytes: Vec<u8>,
    most: usize,
    memory: &'a mut Reservation,
}

/// Reads a body to its end. `started` is when the request departed.
pub(super) async fn read(
    response: &mut reqwest::Response,
    most: usize,
    started: Instant,
    timing: &Timing,
    memory: &mut Reservation,
) -> Result<Vec<u8>, SendError> {
    let length =
        response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    if length > most {
        return Err(SendError::TooLarge);
    }
    let mut body = Body { bytes: Vec::new(), most, memory };
    match Encoding::of(response.headers()) {
        Encoding::Identity => {
            body.reserve(length).await?;
            while let Some(chunk) = next(response, started, timing, body.memory).await? {
                body.reserve(chunk.len()).await?;
                body.bytes.extend_from_slice(&chunk);
            }
        }
        Encoding::Gzip => body.unpack(response, started, timing).await?,
        Encoding::Unknown => {
            let text = "the response has a Content-Encoding other than gzip, which was not requested";
            return Err(SendError::Broken(text.to_owned()));
        }
    }
    if body.bytes.starts_with(BYTE_ORDER_MARK) {
        body.bytes.drain(..BYTE_ORDER_MARK.len());
    }
    body.bytes.shrink_to_fit();
    body.memory.shrink_to(body.bytes.capacity());
    Ok(body.bytes)
}

impl Body<'_> {
    /// Makes room for more bytes.
    async fn reserve(&mut self, more: usize) -> Result<(), SendError> {
        let (capacity, wanted) = (self.bytes.capacity(), self.bytes.len() + more);
        if wanted > self.most {
            return Err(SendError::TooLarge);
        }
        if wanted > capacity {
            // In steps of a quarter: doubling would take up to twice what a page needs.
            let capacity_then = wanted.max(capacity + capacity / 4).min(self.most);
            self.memory.grow(capacity_then - capacity).await;
            self.bytes.reserve_exact(capacity_then - self.bytes.len());
        }
        Ok(())
    }

    /// Reads and unpacks gzip. It may have several members, and an empty body has none.
    async fn unpack(
        &mut self,
        response: &mut reqwest::Response,
        started: Instant,
        timing: &Timing,
    ) -> Result<(), SendError> {
        let damaged = |_| SendError::Broken("the gzip body is cut or damaged".to_owned());
        let mut decoder = MultiGzDecoder::new(Vec::with_capacity(STEP));
        let mut is_empty = true;
        while let Some(chunk) = next(response, started, timing, self.memory).await? {
            let mut packed = &chunk[..];
            while !packed.is_empty() {
                is_empty = false;
                let count = decoder.write(packed).map_err(damaged)?;
                packed = &packed[count..];
                self.take(decoder.get_mut()).await?;
            }
        }
        if !is_empty {
            self.take(&mut decoder.finish().map_err(damaged)?).await?;
        }
        Ok(())
    }

    async fn take(&mut self, unpacked: &mut Vec<u8>) -> Result<(), SendError> {
        self.reserve(unpacked.len()).await?;
        self.bytes.append(unpacked);
        Ok(())
    }
}

/// The next piece. Time spent waiting for memory counts neither as silence nor as slowness.
async fn next(
    response: &mut reqwest::Response,
    started: Instant,
    timing: &Timing,
    memory: &Reservation,
) -> Result<Option<impl std::ops::Deref<Target = [u8]> + use<>>, SendError> {
    let (silent, slow) = (Instant::now() + timing.idle, started + timing.answer + memory.waited());
    match timeout_at(silent.min(slow), response.chunk()).await {
        Ok(chunk) => Ok(chunk?),
        Err(_) if silent < slow => {
            Err(SendError::Timeout(format!("the response stopped for {} s", timing.idle.as_secs())))
        }
        Err(_) => Err(too_slow(timing)),
    }
}

pub(super) fn too_slow(timing: &Timing) -> SendError {
    SendError::Timeout(format!("no complete response in {} s", timing.answer.as_secs()))
}
