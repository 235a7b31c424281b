//! What nearly every message tells of itself in the same way.

/// The module that a message goes to, its name there, the field that holds its signer, and how it stands in what the
/// signer signs: `as sent`, or `bare`.
macro_rules! of_module {
    ($route:literal, $kind:literal, signed by $signer:ident) => {
        fn route(&self) -> &'static str {
            $route
        }

        fn kind(&self) -> &'static str {
            $kind
        }

        fn signer(&self) -> ::alloy_primitives::Address {
            self.$signer
        }
    };
    ($route:literal, $kind:literal, signed by $signer:ident, as sent) => {
        of_module!($route, $kind, signed by $signer);

        fn sign_json(&self) -> ::bttc_core::amino::Json {
            ::bttc_core::amino::to_json(self, ::bttc_core::amino::JsonForm::Amino)
        }
    };
    // some modules write with a codec that was never told of their messages, so what is signed holds the bare
    // value.
    ($route:literal, $kind:literal, signed by $signer:ident, bare) => {
        of_module!($route, $kind, signed by $signer);

        fn sign_json(&self) -> ::bttc_core::amino::Json {
            ::bttc_core::amino::Field::to_json(self, ::bttc_core::amino::JsonForm::Amino)
        }
    };
}
