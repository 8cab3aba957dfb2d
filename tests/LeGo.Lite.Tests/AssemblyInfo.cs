using System.Runtime.Versioning;

// As the server that is tested here.
[assembly: SupportedOSPlatform("linux")]
