//! Every refusal, on the token that is refused, with the way out.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit::Visit;
use syn::{
    Abi, Attribute, GenericParam, Ident, ItemTrait, Path, TraitItem, TraitItemType, Type,
    TypeImplTrait,
};

use crate::args::{Arguments, Initial};
use crate::errors::Errors;
use crate::model::{Method, Model, bounds_self, is_trait, predicates_of};

pub(crate) fn check(model: &Model, arguments: &Arguments, errors: &mut Errors) {
    let is_static = is_static(model, arguments);
    check_trait(&model.item, is_static, errors);
    let mut methods = model.methods.iter();
    if methods.any(|method| method.signature.asyncness.is_some())
        && let Some(attribute) = late_async_trait(&model.item)
    {
        errors.at(
            attribute,
            "`async_trait` has to come first, as it makes the methods ones that can be called through a trait \
             object; write it above `#[static_dispatch]`",
        );
    }
    for member in &model.item.items {
        check_member(member, errors);
    }
    for method in &model.methods {
        if is_static {
            check_method(method, &model.item, errors);
        }
        if arguments.devirt.is_some() {
            check_forwarded(method, &model.item, is_static, errors);
        }
    }
    if let Initial::Noop(option) = &arguments.initial {
        check_noop(model, option, errors);
    }
    check_listed(&arguments.listed, errors);
}

/// Whether the trait has static calls. One that is annotated for `Devirt` has them only if it can.
pub(crate) fn is_static(model: &Model, arguments: &Arguments) -> bool {
    let is_wanted = arguments.devirt.is_none()
        || arguments.out_of_line.is_some()
        || !matches!(arguments.initial, Initial::Unset);
    let mut forwarded = model.methods.iter().filter(|method| method.is_forwarded());
    is_wanted || is_sync(&model.item) && forwarded.all(Method::is_shared)
}

/// How many implementations can be listed.
const MOST_LISTED: usize = 16;

const UNSIZED: &str = "a listed implementation must have a size, as trait objects demand anyway; list a type \
                       that owns or borrows it";

fn check_listed(listed: &[Type], errors: &mut Errors) {
    for (index, implementation) in listed.iter().enumerate() {
        let text = implementation.to_token_stream().to_string();
        let same = |other: &Type| other.to_token_stream().to_string() == text;
        if listed[..index].iter().any(same) {
            errors.at(
                implementation,
                format!("`{text}` is listed twice; remove one"),
            );
        }
        match implementation {
            Type::TraitObject(_) | Type::ImplTrait(_) | Type::Infer(_) => errors.at(
                implementation,
                "the bodies of a listed implementation are compiled into the calls, so it must be one \
                 known type; write its name",
            ),
            Type::Slice(_) => errors.at(implementation, UNSIZED),
            Type::Path(path) if path.path.is_ident("str") => errors.at(implementation, UNSIZED),
            _ => {}
        }
    }
    if let Some(extra) = listed.get(MOST_LISTED) {
        errors.at(
            extra,
            format!(
                "at most {MOST_LISTED} implementations can be listed, because each is compiled into \
                 every call; list the ones that are called most, all others work too"
            ),
        );
    }
}

fn check_trait(item: &ItemTrait, is_static: bool, errors: &mut Errors) {
    if let Some(token) = &item.modifiers.auto_token {
        errors.at(
            token,
            "an auto trait has no methods to dispatch; remove `auto`",
        );
        return;
    }
    for parameter in &item.generics.params {
        errors.at(
            parameter,
            "a generic trait has no single static call key; write a trait without parameters for each \
             instance you need, and let it call the generic one",
        );
    }
    let message = "a trait that requires `Sized` has no trait object; remove the bound";
    for bound in &item.supertraits {
        if is_trait(bound, "Sized") {
            errors.at(bound, message);
        }
    }
    for predicate in predicates_of(&item.generics) {
        if bounds_self(predicate, "Sized") {
            errors.at(predicate, message);
        }
    }
    if is_static && !is_sync(item) {
        errors.at(
            &item.ident,
            format!(
                "all threads share the current implementation, so the trait must require `Sync`; add \
                 `: Sync`, as in `trait {}: Sync`",
                item.ident
            ),
        );
    }
}

/// Whether the trait requires `Sync` in so many words.
pub(crate) fn is_sync(item: &ItemTrait) -> bool {
    item.supertraits.iter().any(|bound| is_trait(bound, "Sync"))
        || predicates_of(&item.generics).any(|predicate| bounds_self(predicate, "Sync"))
}

const ASSOCIATED_TYPE: &str = "an associated type differs between implementations and cannot be dispatched; use \
                               one type for all of them, such as a boxed trait object";

fn check_member(member: &TraitItem, errors: &mut Errors) {
    match member {
        TraitItem::Fn(_) => {}
        TraitItem::Const(constant) => errors.at(
            &constant.ident,
            "an associated constant differs between implementations and cannot be dispatched; make it \
             a method: `fn name() -> Type where Self: Sized`",
        ),
        TraitItem::Type(associated) => errors.at(
            &associated.ident,
            ASSOCIATED_TYPE,
        ),
        TraitItem::Macro(invocation) => errors.at(
            invocation,
            "the methods that a macro makes cannot be seen from here; write them out, or have the macro \
             make the whole trait",
        ),
        other => errors.at(
            other,
            "this is not understood as part of a trait; write methods only",
        ),
    }
}

fn check_method(method: &Method, item: &ItemTrait, errors: &mut Errors) {
    if method.is_dispatched() {
        for obstacle in obstacles(method, Receivers::Shared) {
            if !is_told_elsewhere(&obstacle, item) {
                errors.at(obstacle.tokens, obstacle.message);
            }
        }
    } else if let Some(cold) = &method.cold {
        errors.at(
            cold,
            "`cold` has no meaning here: a method with `where Self: Sized` and a body of its own is not \
             dispatched; remove the attribute",
        );
    }
}

/// Whether the obstacle is none of the method's own: an associated type is refused where it is declared, and an
/// attribute that would make something else of the method where it stands.
fn is_told_elsewhere(obstacle: &Obstacle, item: &ItemTrait) -> bool {
    let tokens = obstacle.tokens.to_string();
    let mut members = item.items.iter();
    let is_declared = members.any(|member| match member {
        TraitItem::Type(TraitItemType { ident, .. }) => {
            let arguments = tokens.strip_prefix(&quote!(Self::#ident).to_string());
            arguments.is_some_and(|arguments| arguments.is_empty() || arguments.starts_with(" <"))
        }
        _ => false,
    });
    is_declared || tokens == "async" && late_async_trait(item).is_some()
}

/// `#[async_trait]`, which is expanded after this attribute if it is still there.
fn late_async_trait(item: &ItemTrait) -> Option<&Attribute> {
    item.attrs.iter().find(|attribute| {
        let name = attribute.path().segments.last();
        name.is_some_and(|name| name.ident == "async_trait")
    })
}

/// Checks a method for `Devirt`, as far as it was not already checked for static calls.
fn check_forwarded(method: &Method, item: &ItemTrait, is_static: bool, errors: &mut Errors) {
    if method.sized.is_some() && method.has_body {
        return;
    }
    if method.receiver().is_none() && method.sized.is_some() {
        errors.at(
            method.name(),
            "a `Devirt` has no object to ask where there is no receiver; give the method a default body",
        );
    } else if !is_static {
        for obstacle in obstacles(method, Receivers::Any) {
            if !is_told_elsewhere(&obstacle, item) {
                errors.at(obstacle.tokens, obstacle.message);
            }
        }
    }
}

fn check_noop(model: &Model, option: &Ident, errors: &mut Errors) {
    if model.item.unsafety.is_some() {
        errors.at(
            option,
            "`noop` would implement an unsafe trait by methods that keep no promise; name an \
             implementation with `default = …` instead",
        );
    }
    for method in model.dispatched().filter(|method| !method.has_body) {
        if let Some(never) = method.never() {
            errors.at(
                never,
                "`noop` needs a value to return, and `!` has none; give the method a default body, or \
                 name an implementation with `default = …`",
            );
        }
    }
}

/// A reason for which a method cannot be dispatched.
pub(crate) struct Obstacle {
    tokens: TokenStream,
    message: &'static str,
}

impl Obstacle {
    /// Whether it is an associated type, without which there is no trait object.
    pub(crate) fn is_associated_type(&self) -> bool {
        self.message == ASSOCIATED_TYPE
    }
}

/// Which receivers a method may take.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Receivers {
    /// `&self`, as all threads share it.
    Shared,
    /// `&self` and `&mut self`.
    Any,
}

/// Everything that keeps a method from being dispatched.
pub(crate) fn obstacles(method: &Method, receivers: Receivers) -> Vec<Obstacle> {
    let mut found = Vec::new();
    let mut add = |tokens: &dyn ToTokens, message| {
        found.push(Obstacle {
            tokens: tokens.to_token_stream(),
            message,
        });
    };
    let signature = &method.signature;

    if let Some(token) = &signature.asyncness {
        add(
            token,
            "an `async fn` cannot be called through a trait object; return a boxed future: \
             `-> Pin<Box<dyn Future<Output = T> + Send + '_>>`",
        );
    }
    if let Some(token) = &signature.constness {
        add(token, "a `const fn` cannot be dispatched; remove `const`");
    }
    if let Some(variadic) = &signature.variadic {
        add(
            variadic,
            "a variadic method cannot be dispatched; take a slice instead",
        );
    }
    if let Some(abi) = signature.abi.as_ref().filter(|abi| !is_known(abi)) {
        add(
            abi,
            "this calling convention is not supported; use `extern \"C\"`, `\"C-unwind\"`, \
             `\"system\"`, `\"system-unwind\"` or Rust's own",
        );
    }
    for parameter in &signature.generics.params {
        match parameter {
            GenericParam::Lifetime(_) => {}
            _ => add(
                parameter,
                "a generic method cannot be called through a trait object; take a trait object such as \
                 `&dyn Trait` instead, or add `where Self: Sized` and a default body to keep the method \
                 out of the dispatch",
            ),
        }
    }
    receiver_obstacle(method, receivers, &mut add);
    if let (Some(attribute), None) = (&method.track_caller, &method.cold) {
        add(
            attribute,
            "a static call passes no caller location on; remove `#[track_caller]`, which has no effect \
             through a trait object either, or mark the method `#[static_dispatch(cold)]`",
        );
    }

    if let (Receivers::Shared, Some(bound), None) = (receivers, &method.outlives, &method.cold) {
        add(
            bound,
            "a static call needs the method of every implementation, and this one only those have that are \
             `'static`; let the trait require it, as in `trait Name: Sync + 'static`, or mark the method \
             `#[static_dispatch(cold)]`",
        );
    }

    let mut types = TypeObstacles { add: &mut add };
    for parameter in method.parameters() {
        types.visit_type(&parameter.ty);
    }
    types.visit_return_type(&signature.output);
    found
}

fn receiver_obstacle(
    method: &Method,
    receivers: Receivers,
    add: &mut dyn FnMut(&dyn ToTokens, &'static str),
) {
    let signature = &method.signature;
    match (method.receiver(), &method.sized) {
        (None, None) => add(
            &signature.ident,
            "a method without receiver needs `where Self: Sized`; add it, and calls through the handle \
             are dispatched all the same",
        ),
        (None, Some(_)) => {}
        (Some(_), Some(sized)) => add(
            sized,
            "`where Self: Sized` keeps the method out of the trait object; remove it, or give the method \
             a default body to keep it out of the dispatch",
        ),
        (Some(receiver), None) => {
            let shared = method.is_shared();
            if receivers == Receivers::Any && !shared && !method.is_mutable() {
                add(
                    receiver,
                    "a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add \
                     `where Self: Sized` and a default body to keep the method out of it",
                );
            } else if receivers == Receivers::Shared && !shared {
                add(
                    receiver,
                    "all threads share the current implementation, so a method takes `&self`; keep what \
                     changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to \
                     keep the method out of the dispatch",
                );
            }
        }
    }
}

fn is_known(abi: &Abi) -> bool {
    let known = ["Rust", "C", "C-unwind", "system", "system-unwind"];
    abi.name
        .as_ref()
        .is_none_or(|name| known.contains(&name.value().as_str()))
}

/// Looks for what no type in a dispatched signature may contain.
struct TypeObstacles<'add> {
    add: &'add mut dyn FnMut(&dyn ToTokens, &'static str),
}

impl<'ast> Visit<'ast> for TypeObstacles<'_> {
    fn visit_path(&mut self, path: &'ast Path) {
        if path
            .segments
            .first()
            .is_some_and(|first| first.ident == "Self")
        {
            let message = if path.segments.len() == 1 {
                "`Self` is another type in each implementation and cannot be dispatched; use a trait \
                 object such as `&dyn Trait` or `Box<dyn Trait>`"
            } else {
                ASSOCIATED_TYPE
            };
            (self.add)(path, message);
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_type_impl_trait(&mut self, impl_trait: &'ast TypeImplTrait) {
        (self.add)(
            impl_trait,
            "`impl Trait` cannot be passed through a trait object; use `&dyn Trait` or `Box<dyn Trait>`",
        );
    }
}
