/// The version of Akin: what `akin --version` says, packages bear and pages that Akin writes name.
public let akinVersion = "0.1.0"
