arraySum(
    literal -> countSubstrings(lowerUTF8(text), literal) * 2.2
        / (countSubstrings(lowerUTF8(text), literal) + 0.3 + 0.9 * lengthUTF8(text) / 60),
    {literals:Array(String)})
