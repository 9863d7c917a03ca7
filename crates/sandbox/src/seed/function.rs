//! Functions that exist, with or without code.

use crate::services::seed_qualifier;
use crate::world::World;

impl World {
    /// A function that the API knows, with this version or alias besides `$LATEST`. It can be
    /// invoked once its code is registered with [`Sandbox::register_function`].
    ///
    /// [`Sandbox::register_function`]: crate::Sandbox::register_function
    pub fn seed_function(&mut self, name: &str, qualifier: Option<&str>) {
        seed_qualifier(self, name, qualifier);
    }
}
