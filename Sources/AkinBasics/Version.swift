/// The version of Akin, as pages that it writes name it.
public let akinVersion = "0.1"
